"""Equal calls of repeated blocks as one row, and all blocks from one of each kind.

Calls are alike where everything but the numbers in their module path is the same:
`model.layers.0.mlp.up_proj` and `model.layers.1.mlp.up_proj` become
`model.layers.*.mlp.up_proj`, repeated twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from operator import attrgetter

from advisor.profiling.blocks import Shortcut
from advisor.profiling.profile import Operator


class UnlikeBlocksError(ValueError):
    """One more block is not more of the same, so nothing follows for a deeper model."""


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


def of_all_blocks(sample: Sequence[Operator], shortcut: Shortcut) -> tuple[Operator, ...]:
    """Rows of the whole model, not merged, from the rows of `shortcut.sample` in their order.

    Raises UnlikeBlocksError where the last block does not do what the first of its kind does, or
    where something runs between the blocks, so that blocks are not all that repeats.
    """
    last = len(shortcut.counts)
    rows_of: dict[int | None, list[Operator]] = {}
    for operator in sample:
        rows_of.setdefault(shortcut.block(operator.module), []).append(operator)
    if _work_of(rows_of.get(shortcut.frequent, [])) != _work_of(rows_of.get(last, [])):
        raise UnlikeBlocksError("one more block is not more of the same")
    places = [at for at, each in enumerate(sample) if shortcut.block(each.module) is not None]
    if places and places[-1] - places[0] + 1 != len(places):
        raise UnlikeBlocksError("operators run between the blocks")
    return tuple(each for operator in sample for each in _spread(operator, shortcut))


def _work_of(rows: Sequence[Operator]) -> Counter[Hashable]:
    """What the rows of a block do; how they fall with pruning depends on the block before it."""
    return Counter(_likeness(replace(each, pruning_exponent=0.0)) for each in rows)


def _spread(operator: Operator, shortcut: Shortcut) -> Iterator[Operator]:
    """The operator as often as the whole model runs it, under the path of first and last block."""
    sampled = shortcut.block(operator.module)
    if sampled is None:
        yield operator
        return
    blocks = shortcut.stands_for(sampled)
    for block, times in ((blocks[0], 1), (blocks[-1], len(blocks) - 1)):
        if times:
            path = shortcut.path_in_block(operator.module, block)
            yield replace(operator, module=path, repeats=operator.repeats * times)


_ALIKE = attrgetter(
    *(each.name for each in fields(Operator) if each.name not in ("module", "repeats"))
)


def _likeness(operator: Operator) -> Hashable:
    return _pattern(operator.module), _ALIKE(operator)


def _pattern(path: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in path.split("."))


def _common_path(paths: Sequence[str]) -> str:
    """The paths as one, `*` in the place of each number that differs among them."""
    columns = zip(*(path.split(".") for path in paths), strict=True)
    return ".".join(parts[0] if len(set(parts)) == 1 else "*" for parts in columns)
