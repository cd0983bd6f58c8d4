"""A short calibration of the GPU gives a profile that can be this GPU's."""

from __future__ import annotations

from advisor.catalog.load import hardware
from advisor.measurement.calibration.result import CalibrationRequest
from advisor.measurement.process import run_calibration
from advisor.telemetry.machine import machine, matching_hardware


def test_a_calibration_stays_below_what_is_published() -> None:
    done = run_calibration(CalibrationRequest("cuda", limit_s=20.0), lambda *_: None)
    found = done.hardware
    assert not found.is_cpu
    assert found.calibration is not None
    assert found.calibration.points == len(done.points)
    identifier = matching_hardware(machine(), hardware())
    if identifier is None:
        return
    published = hardware()[identifier]
    assert 0.4 < found.memory.bandwidth_gb_per_s / published.memory.bandwidth_gb_per_s < 1.05
    assert 0.4 < found.compute.fp32_tflops / published.compute.fp32_tflops < 1.1
    assert found.calibration.median_error < 0.3
