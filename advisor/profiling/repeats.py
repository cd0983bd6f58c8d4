"""Equal calls of repeated blocks as one row, and more blocks than were traced.

Calls are alike where everything but the numbers in their module path is the same:
`model.layers.0.mlp.up_proj` and `model.layers.1.mlp.up_proj` become
`model.layers.*.mlp.up_proj`, repeated twice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import astuple, replace

from advisor.profiling.profile import Operator


class UnlikeBlocksError(ValueError):
    """One more period of blocks is not more of the same, so nothing follows for a deeper model."""


def merge_repeats(operators: Iterable[Operator]) -> tuple[Operator, ...]:
    """The same work in fewer rows, in the order in which each first ran."""
    groups: dict[Hashable, list[Operator]] = {}
    for operator in operators:
        groups.setdefault(_likeness(operator), []).append(operator)
    return tuple(
        replace(
            alike[0],
            module=_common_path([each.module for each in alike]),
            repeats=sum(each.repeats for each in alike),
        )
        for alike in groups.values()
    )


def extrapolate_repeats(
    shallow: Iterable[Operator], deep: Iterable[Operator], more_periods: int
) -> tuple[Operator, ...]:
    """Merged rows of a model of `more_periods` more than `deep`, itself of one more than `shallow`.

    Raises UnlikeBlocksError where the two do not consist of the same rows.
    """
    fewer = {_likeness(row): row.repeats for row in merge_repeats(shallow)}
    rows = merge_repeats(deep)
    if not fewer.keys() == {_likeness(row) for row in rows}:
        raise UnlikeBlocksError("one more block brings operators that the others do not have")
    return tuple(
        replace(row, repeats=row.repeats + (row.repeats - fewer[_likeness(row)]) * more_periods)
        for row in rows
    )


def _likeness(operator: Operator) -> Hashable:
    return astuple(replace(operator, module=_pattern(operator.module), repeats=1))


def _pattern(path: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in path.split("."))


def _common_path(paths: Sequence[str]) -> str:
    """The paths as one, `*` in the place of each number that differs among them."""
    columns = zip(*(path.split(".") for path in paths), strict=True)
    return ".".join(parts[0] if len(set(parts)) == 1 else "*" for parts in columns)
