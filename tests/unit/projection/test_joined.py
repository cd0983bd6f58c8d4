"""Products of one input become one product; those of its result do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog.engine import Joined
from advisor.profiling.profile import Operator, Phase
from advisor.projection.joined import with_joined_products

BOTH: tuple[Joined, ...] = ("attention", "feed-forward")
IN_ATTENTION: tuple[Joined, ...] = ("attention",)


def linear(module: str, n: int, k: int) -> Operator:
    return Operator(
        module, "linear", "matmul", "bfloat16", n * k, 2 * n * k, 2 * k, 2 * n, m=1, n=n, k=k,
        repeats=4,
    )  # fmt: skip


ATTENTION = Operator(
    "layers.*.attn", "scaled_dot_product_attention", "attention", "bfloat16", 64, 0, 64, 64,
    m=1, n=8, k=8, batch=8, repeats=4,
)  # fmt: skip
SILU = Operator("layers.*.mlp.act", "silu", "elementwise", "bfloat16", 0, 0, 512, 512, repeats=4)
LAYER = (
    linear("layers.*.attn.q", 64, 64), linear("layers.*.attn.k", 16, 64),
    linear("layers.*.attn.v", 16, 64), ATTENTION, linear("layers.*.attn.o", 64, 64),
    linear("layers.*.mlp.gate", 256, 64), SILU, linear("layers.*.mlp.up", 256, 64),
    linear("layers.*.mlp.down", 64, 256),
)  # fmt: skip
PHASE = Phase("decode", 1, LAYER, 1, 8)


def sizes(*joined: Joined) -> list[tuple[str, int | None]]:
    found = with_joined_products(PHASE, joined)
    return [(row.module, row.n) for row in found.operators if row.kind == "matmul"]


def test_queries_keys_and_values_are_one_product_and_the_gate_with_what_it_lets_through() -> None:
    assert sizes(*BOTH) == [
        ("layers.*.attn.q", 96), ("layers.*.attn.o", 64), ("layers.*.mlp.gate", 512),
        ("layers.*.mlp.down", 64),
    ]  # fmt: skip


def test_an_engine_may_join_one_block_alone() -> None:
    assert [n for _, n in sizes("attention")] == [96, 64, 256, 256, 64]
    assert [n for _, n in sizes("feed-forward")] == [64, 16, 16, 64, 512, 64]


@pytest.mark.parametrize("figure", ["multiply_adds", "weight_bytes", "output_bytes"])
def test_work_and_weights_stay(figure: str) -> None:
    before, after = (
        sum(getattr(row, figure) * row.repeats for row in phase.operators)
        for phase in (PHASE, with_joined_products(PHASE, BOTH))
    )
    assert after == before


def test_nothing_joined_is_the_phase_itself() -> None:
    assert with_joined_products(PHASE, ()) is PHASE


def test_attention_that_is_written_out_also_ends_what_is_joined() -> None:
    scores = replace(ATTENTION, name="matmul", kind="matmul")
    rows = tuple(scores if row is ATTENTION else row for row in LAYER)
    found = with_joined_products(replace(PHASE, operators=rows), IN_ATTENTION)
    assert [row.n for row in found.operators if row.weight_bytes] == [96, 64, 256, 256, 64]
