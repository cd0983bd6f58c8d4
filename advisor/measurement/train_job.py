"""The job that trains: baseline and variant, step by step in turn, compared."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import torch

from advisor.errors import ModelError, StrategyError, UsageError
from advisor.measurement import device, environment, memory, timing
from advisor.measurement.progress import Report, part
from advisor.measurement.protocol import TrainingReady
from advisor.measurement.result import Spread
from advisor.measurement.trainee import Trainee
from advisor.measurement.training_data import Batches, training_batches
from advisor.measurement.training_result import (
    MemoryCategory,
    TrainingMeasurement,
    TrainingRequest,
    TrainingRun,
)
from advisor.measurement.variant import applied, blaming, load_on, same_as
from advisor.strategies.selection import parse_selection

WARM_UP_STEPS = 2


def run(request: TrainingRequest, report: Report) -> TrainingReady:
    """Train as asked.

    Raises UsageError where the request is wrong or the model brings nothing to train on,
    ModelError where the model cannot be trained as it came, StrategyError where it cannot only
    with the strategies.
    """
    started = time.perf_counter()
    if request.steps < 1:
        raise UsageError(f"steps is {request.steps}; it must be 1 or more")
    stopwatch = timing.Stopwatch(device.find(request.device))
    chosen = parse_selection(",".join(request.choices))
    names = ", ".join(map(str, chosen)) or "no strategy"
    report(f"loading {request.model.reference}", 0.05)
    loaded = load_on(request.model, stopwatch.device)
    data = training_batches(loaded, stopwatch.device)
    again = same_as(loaded, load_on(request.model, stopwatch.device))
    report(f"applying {names}", 0.2)
    name = f"{request.model.reference} with {names}"
    with blaming(ModelError, f"{request.model.reference}: a training step failed"):
        baseline = Trainee(loaded, data, request.learning_rate)
    with blaming(StrategyError, f"{name}: cannot be trained"):
        variant = Trainee(applied(again, chosen), data, request.learning_rate)
    with blaming(ModelError, f"{request.model.reference}: a training step failed"):
        _warm_up(baseline, stopwatch)
    with blaming(StrategyError, f"{name}: a training step failed"):
        _warm_up(variant, stopwatch)
    timed = timing.time_in_turn(
        stopwatch, baseline.step, variant.step, request.steps, part(report, 0.3, 0.85), 600.0
    )
    report("reading memory", 0.9)
    measurement = TrainingMeasurement(
        request=request,
        baseline=_run(baseline, data, timed.before, stopwatch.device),
        variant=_run(variant, data, timed.after, stopwatch.device),
        environment=environment.describe(stopwatch.device),
        taken_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        elapsed_s=time.perf_counter() - started,
        notes=("weights are random: the loss falls from nowhere",)
        if loaded.weights != "trained"
        else (),
    )
    return TrainingReady(measurement)


def _warm_up(trainee: Trainee, stopwatch: timing.Stopwatch) -> None:
    """The optimizer makes its states in its first step, which is none of the timed ones."""
    for _ in range(WARM_UP_STEPS):
        stopwatch.time_s(trainee.step)


def _run(trainee: Trainee, data: Batches, spread: Spread, on: torch.device) -> TrainingRun:
    losses = tuple(trainee.losses)
    held = trainee.held_bytes()
    return TrainingRun(
        step_s=spread,
        samples_per_step=data.samples,
        tokens_per_sample=data.tokens,
        peak_memory_bytes=_peak_bytes(trainee, held, on),
        memory_bytes=held,
        trained_parameters=sum(each.numel() for each in trainee.trained),
        first_loss=losses[0],
        last_loss=losses[-1],
    )


def _peak_bytes(trainee: Trainee, held: dict[MemoryCategory, int], on: torch.device) -> int:
    """Parameters and states last; a step's growth, gradients in it, comes on top."""
    return memory.peak_bytes(trainee.module, trainee.step, on) + held["optimizer"]
