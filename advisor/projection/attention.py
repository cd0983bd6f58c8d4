"""Attention written out as products and a softmax, seen as the fused kernel that replaces it."""

from __future__ import annotations

from dataclasses import replace

from advisor.profiling.profile import Operator, Phase
from advisor.projection.kept import kept_with

_STREAMED = ("elementwise", "reduction", "copy", "norm")


@kept_with
def with_fused_attention(phase: Phase) -> Phase:
    """The same phase with each written-out attention as one kernel that keeps no scores.

    Two products of activations with nothing but scaling, masking and softmax between them, the
    second over what the first is wide, are attention (Dao et al. 2022, "FlashAttention": the
    scores never leave the multiprocessor). Made once for a phase and kept as long as it is.
    """
    return replace(phase, operators=_fused(phase.operators))


def written_out(rows: tuple[Operator, ...]) -> list[tuple[int, int]]:
    """Where each written-out attention starts and ends: its two products."""
    found: list[tuple[int, int]] = []
    index = 0
    while index < len(rows):
        last = _second_product(rows, index)
        if last is not None:
            found.append((index, last))
        index = (index if last is None else last) + 1
    return found


def _fused(rows: tuple[Operator, ...]) -> tuple[Operator, ...]:
    kept: list[Operator] = []
    start = 0
    for first, last in written_out(rows):
        kept += [*rows[start:first], _kernel(rows[first], rows[last])]
        start = last + 1
    return (*kept, *rows[start:])


def _second_product(rows: tuple[Operator, ...], first: int) -> int | None:
    """Where the product with the values stands, if `rows[first]` is that of queries and keys."""
    scores = rows[first]
    if not _is_product(scores):
        return None
    for index in range(first + 1, len(rows)):
        row = rows[index]
        if _is_product(row):
            same = (row.batch, row.m, row.k, row.repeats) == (
                scores.batch, scores.m, scores.n, scores.repeats,
            )  # fmt: skip
            between = [each.kind for each in rows[first + 1 : index]]
            return index if same and "reduction" in between else None
        if row.kind not in _STREAMED or row.repeats != scores.repeats:
            return None
    return None


def _is_product(row: Operator) -> bool:
    return row.kind == "matmul" and row.weight_bytes == 0


def _kernel(scores: Operator, values: Operator) -> Operator:
    probabilities = scores.output_bytes
    return replace(
        scores,
        name="fused_attention",
        kind="attention",
        multiply_adds=scores.multiply_adds + values.multiply_adds,
        input_bytes=scores.input_bytes + max(values.input_bytes - probabilities, 0),
        output_bytes=values.output_bytes,
    )
