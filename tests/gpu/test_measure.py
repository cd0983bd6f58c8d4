"""Measuring on a GPU, in this process."""

from __future__ import annotations

import torch

from advisor.measurement import measure_job
from advisor.measurement.result import MeasurementRequest, ModelRequest


def test_digits_on_the_device_with_its_memory_and_energy() -> None:
    request = MeasurementRequest(ModelRequest("digits"), ("bf16",), repeats=5, device="cuda")
    measured = measure_job.run(request, lambda *_: None).measurement
    for run in (measured.baseline, measured.variant):
        assert run.peak_memory_bytes is not None
        assert run.peak_memory_bytes > run.size_bytes
        assert run.device_memory_bytes is not None
        assert run.device_memory_bytes > run.peak_memory_bytes
        assert run.energy_j is None or 0 < run.energy_j < 10
        assert run.quality is not None
        assert run.quality.value > 0.95
    assert measured.variant.size_bytes < measured.baseline.size_bytes
    assert measured.environment.device_name == torch.cuda.get_device_name()
