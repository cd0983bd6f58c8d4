"""Products of one input by several weights, as engines compute them: by the weights as one.

Queries, keys and values are one product, and so are the gate and what it lets through: the input
is read once and one kernel launched, which fills the multiprocessors better than each alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from advisor.catalog.engine import Joined
from advisor.profiling.profile import Operator, Phase


def with_joined_products(phase: Phase, joined: Collection[Joined]) -> Phase:
    """`phase` with the products of the blocks in `joined` side by side."""
    if not joined:
        return phase
    attending = {row.module for row in phase.operators if _mixes_tokens(row)}
    found: list[Operator] = []
    open_at: dict[tuple[object, ...], int] = {}
    for row in phase.operators:
        if _mixes_tokens(row):  # what follows it in its block multiplies its result
            open_at = {key: place for key, place in open_at.items() if key[0] != row.module}
        parent = row.module.rpartition(".")[0]
        block: Joined = "attention" if parent in attending else "feed-forward"
        if row.kind != "matmul" or not row.weight_bytes or block not in joined:
            found.append(row)
            continue
        key = (parent, row.dtype, row.batch, row.m, row.k, row.input_bytes, row.repeats)
        if key in open_at:
            found[open_at[key]] = _side_by_side(found[open_at[key]], row)
        else:
            open_at[key] = len(found)
            found.append(row)
    return replace(phase, operators=tuple(found))


def _mixes_tokens(row: Operator) -> bool:
    """Attention, as one kernel or written out as products of activations."""
    return row.kind == "attention" or (row.kind == "matmul" and not row.weight_bytes)


def _side_by_side(one: Operator, other: Operator) -> Operator:
    beside = None
    if one.other_flops is not None and other.other_flops is not None:
        beside = one.other_flops + other.other_flops
    return replace(
        one,
        n=(one.n or 0) + (other.n or 0),
        multiply_adds=one.multiply_adds + other.multiply_adds,
        weight_bytes=one.weight_bytes + other.weight_bytes,
        output_bytes=one.output_bytes + other.output_bytes,
        other_flops=beside,
    )
