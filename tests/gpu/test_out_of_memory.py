"""Running out of the GPU's memory is an answer, and the next measurement is not touched by it."""

from __future__ import annotations

import pytest

from advisor.errors import MeasurementError
from advisor.measurement.process import run_measurement
from advisor.measurement.result import MeasurementRequest, ModelRequest
from tests.benchmarks.gpu_cases import Case

LIMIT_S = 120.0


def measure(request: ModelRequest) -> float:
    asked = MeasurementRequest(request, (), repeats=3, device="cuda")
    return run_measurement(asked, lambda *_: None, LIMIT_S).baseline.latency_s.median


def test_out_of_memory_is_told_and_survived() -> None:
    with pytest.raises(MeasurementError, match="out of memory"):
        measure(Case("enormous").request)
    assert measure(ModelRequest("digits")) > 0
