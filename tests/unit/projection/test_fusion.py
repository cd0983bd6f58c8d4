"""What a compiler fuses no longer passes through memory; what is read later still does."""

from __future__ import annotations

import numpy as np

from advisor.profiling.profile import Operator
from advisor.projection.fusion import fused_runs

SIZE = 1024


def row(name: str, reads: int = 1) -> Operator:
    return Operator("x", name, "elementwise", "float32", 0, 0, reads * SIZE, SIZE)


def test_a_run_reads_once_and_writes_once() -> None:
    inputs, outputs, launches = fused_runs([row("mul"), row("relu"), row("gelu")], np.ones(3, bool))
    assert list(inputs) == [SIZE, 0, 0]
    assert list(outputs) == [0, 0, SIZE]
    assert list(launches) == [1, 0, 0]


def test_a_second_operand_is_still_read() -> None:
    inputs, _, _ = fused_runs([row("relu"), row("add", reads=2)], np.ones(2, bool))
    assert list(inputs) == [SIZE, SIZE]


def test_what_is_not_fusible_ends_a_run() -> None:
    rows = [row("relu"), row("linear"), row("relu")]
    inputs, outputs, launches = fused_runs(rows, np.array([True, False, True]))
    assert list(inputs) == list(outputs) == [SIZE] * 3
    assert list(launches) == [1, 1, 1]


def test_a_residual_stream_that_a_later_run_adds_to_is_written() -> None:
    block = [row("add", reads=2), row("layer_norm"), row("linear")]
    _, outputs, _ = fused_runs([*block, *block], np.array([True, True, False] * 2))
    assert outputs[0] == SIZE
    assert outputs[3] == 0
