"""Attention that looks back a window reads and computes no more once the context is longer."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.catalog import load
from advisor.profiling.profile import Operator, Phase
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
