"""A mixture reads the experts that its tokens are sent to: more of them in larger batches."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.catalog import load
from advisor.profiling.profile import Operator, Phase
from advisor.projection.columns import setup_columns
from advisor.projection.operators import OperatorTable, operator_table
from advisor.projection.setup import Setup
from advisor.projection.time import Load, experts_asked, phase_seconds

EXPERTS, CHOSEN, WIDTH = 8, 2, 4096
H100 = load.hardware_by_id("h100-sxm")


def table() -> OperatorTable:
    one = 2 * WIDTH * WIDTH
    row = Operator(
        "layers.*.experts", "_grouped_mm", "matmul", "bfloat16", CHOSEN * WIDTH**2, EXPERTS * one,
        2 * CHOSEN * WIDTH, 2 * CHOSEN * WIDTH, m=CHOSEN, n=WIDTH, k=WIDTH, repeats=32,
    )  # fmt: skip
    return operator_table(Phase("decode", 1, (row,), 1, 512))


def of_batch(size: int) -> Load:
    one = np.ones(1)
    return Load(one * size, one, one * 512, one)


@pytest.mark.parametrize(("batch", "asked"), [(1, 2.0), (2, 3.5), (64, 8.0)])
def test_tokens_ask_distinct_experts(batch: int, asked: float) -> None:
    assert experts_asked(table(), of_batch(batch))[0] == pytest.approx([asked], rel=1e-6)


def test_a_batch_takes_no_less_than_reading_what_it_asks() -> None:
    columns = setup_columns([Setup(execution="captured")], "bfloat16", H100)
    read = 32 * EXPERTS * 2 * WIDTH * WIDTH / (H100.memory.bandwidth_gb_per_s * 1e9)
    alone, many = (
        float(phase_seconds(table(), columns, of_batch(size), H100, "expected")[0])
        for size in (1, 64)
    )
    assert many > read
    assert alone < many / 2
