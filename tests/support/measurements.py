"""Measurements made by hand."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.measurement.distributed.result import (
    Collective,
    DistributedMeasurement,
    DistributedRequest,
    RankRun,
    Traffic,
)
from advisor.measurement.result import (
    Environment,
    MeasuredQuality,
    Measurement,
    MeasurementRequest,
    ModelRequest,
    Run,
    Spread,
)
from advisor.measurement.training_result import TrainingMeasurement, TrainingRequest, TrainingRun

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


def training_run(step_s: float, samples: int = 8) -> TrainingRun:
    return TrainingRun(
        step_s=Spread(step_s, step_s, step_s, step_s, 20),
        samples_per_step=samples,
        tokens_per_sample=None,
        peak_memory_bytes=1000,
        memory_bytes={"parameters": 100, "gradients": 100, "optimizer": 200, "activations": 50},
        trained_parameters=25,
        first_loss=2.0,
        last_loss=1.0,
    )


def trained(choice: str, baseline_s: float, variant_s: float) -> TrainingMeasurement:
    return TrainingMeasurement(
        request=TrainingRequest(ModelRequest("by hand"), (choice,)),
        baseline=training_run(baseline_s),
        variant=training_run(variant_s),
        environment=HERE,
        taken_at="2026-01-01T00:00:00Z",
        elapsed_s=1.0,
    )


def trained_by_ranks(one_s: float | None, *rank_s: float) -> DistributedMeasurement:
    """As many ranks as there are times, each with an even part of eight samples."""
    traffic = Traffic({"all-reduce": Collective(1, 100, 100.0)}, 120.0)
    each = 8 // len(rank_s)
    return DistributedMeasurement(
        request=DistributedRequest(ModelRequest("by hand"), (f"ddp:gpus={len(rank_s)}",)),
        backend="gloo",
        threads=1,
        ranks=tuple(
            RankRun(rank, "here", "a processor", training_run(seconds, each), traffic)
            for rank, seconds in enumerate(rank_s)
        ),
        one=None if one_s is None else training_run(one_s),
        losses=(2.0, 1.0),
        losses_of_one=None if one_s is None else (2.0, 1.01),
        environment=HERE,
        taken_at="2026-01-01T00:00:00Z",
        elapsed_s=1.0,
    )
