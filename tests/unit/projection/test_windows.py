"""Attention that looks back a window reads and computes no more once the context is longer."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.catalog import load
from advisor.profiling.profile import Operator, Phase, PhaseName
from advisor.projection.columns import setup_columns
from advisor.projection.operators import operator_table
from advisor.projection.setup import Setup
from advisor.projection.time import Load, work

HEADS, SIZE, PROFILED = 32, 128, 513
H100 = load.hardware_by_id("h100-sxm")


def attention(window: int | None, keys: int) -> Phase:
    held = 2 * HEADS * SIZE * 2
    row = Operator(
        "layers.*.self_attn", "scaled_dot_product_attention", "attention", "bfloat16",
        2 * HEADS * keys * SIZE, 0, held * keys + HEADS * SIZE * 2, HEADS * SIZE * 2,
        m=1, n=keys, k=SIZE, batch=HEADS, window_tokens=window,
    )  # fmt: skip
    return Phase("decode", 1, (row,), 1, PROFILED)


def moved(phase: Phase, context: int) -> tuple[float, float, float]:
    """FLOPs, bytes and keys of one call."""
    one = np.ones(1)
    columns = setup_columns([Setup()], "bfloat16", H100)
    calls = work(operator_table(phase), columns, Load(one, one, one * context, one)).calls
    whole = (calls.flops, calls.streamed_bytes, np.broadcast_to(calls.n, calls.flops.shape))
    return tuple(float(each[0, 0]) for each in whole)  # type: ignore[return-value]


@pytest.mark.parametrize("window", [128, 1024])
def test_a_window_bounds_what_grows_with_the_context(window: int) -> None:
    phase = attention(window, min(PROFILED, window))
    within, at, beyond = (moved(phase, each) for each in (window // 2, window, 16 * window))
    assert at == beyond
    assert at == pytest.approx(moved(attention(None, PROFILED), window))
    assert [low / high for low, high in zip(within, at, strict=True)] == pytest.approx(
        [0.5, 0.5, 0.5], rel=0.02
    )


def test_without_a_window_all_of_it_grows() -> None:
    phase = attention(None, PROFILED)
    one, twice = moved(phase, 4096), moved(phase, 8192)
    assert twice[0] == pytest.approx(2 * one[0])


def written_out(keys: int, queries: int, window: int | None = None) -> tuple[Operator, ...]:
    """Scores, their softmax, and the product with the values."""
    item, scores = 2, HEADS * queries * keys * 2
    rows, held = HEADS * queries * SIZE * item, HEADS * keys * SIZE * item

    def product(n: int, k: int, taken: int, made: int) -> Operator:
        return Operator(
            "layers.*.self_attn", "matmul", "matmul", "bfloat16", HEADS * queries * keys * SIZE, 0,
            taken, made, m=queries, n=n, k=k, batch=HEADS, window_tokens=window,
        )  # fmt: skip

    softmax = Operator(
        "layers.*.self_attn", "softmax", "reduction", "bfloat16", 0, 0, scores, scores
    )
    return (
        product(keys, SIZE, rows + held, scores), softmax,
        product(SIZE, keys, scores + held, rows),
    )  # fmt: skip


def total(phase: Phase, queries: int, context: int) -> tuple[float, float]:
    """FLOPs and bytes of all calls."""
    one = np.ones(1)
    table, columns = operator_table(phase), setup_columns([Setup()], "bfloat16", H100)
    calls = work(table, columns, Load(one, one * queries, one * context, one)).calls
    return (
        float(np.sum(calls.flops * table.repeats)),
        float(np.sum(calls.streamed_bytes * table.repeats)),
    )


@pytest.mark.parametrize(("queries", "profiled"), [(1, 513), (512, 512)])
@pytest.mark.parametrize("context", [512, 4096])
def test_written_out_attention_is_at_any_context_as_if_profiled_there(
    queries: int, profiled: int, context: int
) -> None:
    many = context if queries > 1 else 1
    name: PhaseName = "prefill" if queries > 1 else "decode"
    told = total(Phase(name, 1, written_out(profiled, queries), queries, profiled), many, context)
    seen = total(Phase(name, 1, written_out(context, many), many, context), many, context)
    assert told == pytest.approx(seen)


def test_written_out_attention_with_a_window_stops_growing() -> None:
    phase = Phase("decode", 1, written_out(128, 1, window=128), 1, PROFILED)
    assert total(phase, 1, 128) == total(phase, 1, 8192)


def test_scores_of_another_sequence_do_not_grow() -> None:
    phase = Phase("decode", 1, written_out(1500, 1), 1, PROFILED)
    assert total(phase, 1, PROFILED) == total(phase, 1, 8 * PROFILED)
