"""Which sizes of an operator grow with the keys that attention looks at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.profiling.profile import Operator, Phase
from advisor.projection.attention import written_out


def context_growth(rows: tuple[Operator, ...], phase: Phase) -> dict[str, NDArray[Any]]:
    """Columns of the table of `rows`: flags, `keys` in the profile, `window`, `written_bytes`.

    A kernel of attention looks at `n` keys. Where attention is written out, scores are `n` wide
    (`grows_n`), the second product sums over them (`grows_k`), and what is done to them in between
    reads and writes as many. `written_bytes` are the keys and values of written-out attention,
    which are read once whatever the number of queries.
    """
    columns: dict[str, NDArray[Any]] = {
        **{name: np.zeros(len(rows), bool) for name in ("grows_n", "grows_k", "grows_in",
                                                        "grows_out")},
        "keys": np.zeros(len(rows)),
        "window": np.full(len(rows), np.inf),
        "written_bytes": np.zeros(len(rows)),
    }  # fmt: skip
    for at, row in enumerate(rows):
        if row.kind == "attention":
            columns["grows_n"][at] = True
            columns["keys"][at] = row.n or 0
            columns["window"][at] = row.window_tokens or np.inf
    for first, last in written_out(rows):
        if _looks_at_context(rows[first], phase):
            _mark(columns, rows, first, last)
    return columns


def _mark(
    columns: dict[str, NDArray[Any]], rows: tuple[Operator, ...], first: int, last: int
) -> None:
    scores, values = rows[first], rows[last]
    whole, between = slice(first, last + 1), slice(first + 1, last)
    columns["keys"][whole] = scores.n or 0
    columns["window"][whole] = scores.window_tokens or np.inf
    columns["grows_n"][first] = columns["grows_k"][last] = True
    columns["grows_out"][first] = columns["grows_in"][last] = True
    columns["grows_in"][between] = columns["grows_out"][between] = True
    columns["written_bytes"][first] = _second_operand_bytes(scores)
    columns["written_bytes"][last] = _second_operand_bytes(values)


def _second_operand_bytes(product: Operator) -> float:
    """Of (m, k) by (k, n), what the second takes of the bytes of both."""
    m, n = product.m or 0, product.n or 0
    return product.input_bytes * n / max(m + n, 1)


def _looks_at_context(scores: Operator, phase: Phase) -> bool:
    """Whether the keys are those of the context, and not of an encoder's output."""
    context = phase.context_tokens or phase.query_tokens
    return context is not None and scores.n in (
        context, min(context, scores.window_tokens or context)
    )  # fmt: skip
