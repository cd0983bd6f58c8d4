"""Measurements made by hand."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.measurement.result import (
    Environment,
    MeasuredQuality,
    Measurement,
    MeasurementRequest,
    ModelRequest,
    Run,
    Spread,
)

HERE = Environment("cpu", "a processor", "Linux", "3.11", "2.13", 2, {})


def _run(seconds: float, quality: float | None, per_class: Mapping[str, float] | None) -> Run:
    shown = None if quality is None else MeasuredQuality("accuracy", quality, True, 100, per_class)
    return Run(
        latency_s=Spread(seconds, seconds * 1.1, seconds * 0.95, seconds * 1.2, 30),
        batch_size=1,
        peak_memory_bytes=None,
        device_memory_bytes=None,
        size_bytes=1,
        energy_j=None,
        quality=shown,
    )


def measurement(
    choice: str, baseline_s: float, variant_s: float, baseline_quality: float | None = None,
    variant_quality: float | None = None, baseline_per_class: Mapping[str, float] | None = None,
    variant_per_class: Mapping[str, float] | None = None,
) -> Measurement:  # fmt: skip
    return Measurement(
        request=MeasurementRequest(ModelRequest("by hand"), (choice,)),
        baseline=_run(baseline_s, baseline_quality, baseline_per_class),
        variant=_run(variant_s, variant_quality, variant_per_class),
        fidelity=None,
        environment=HERE,
        taken_at="2026-01-01T00:00:00Z",
        elapsed_s=1.0,
    )
