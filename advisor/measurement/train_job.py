"""The job that trains: baseline and variant, step by step in turn, compared."""

from __future__ import annotations

import time
from datetime import datetime, timezone

from advisor.errors import ModelError, StrategyError, UsageError
from advisor.measurement import device, environment, timing
from advisor.measurement.progress import Report, part
from advisor.measurement.protocol import TrainingReady
from advisor.measurement.trainee import Trainee
from advisor.measurement.training_data import training_batches
from advisor.measurement.training_result import TrainingMeasurement, TrainingRequest
from advisor.measurement.training_run import as_run, warm_up
from advisor.measurement.variant import applied, blaming, load_on, same_as
from advisor.strategies.selection import parse_selection


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
        warm_up(baseline, stopwatch)
    with blaming(StrategyError, f"{name}: a training step failed"):
        warm_up(variant, stopwatch)
    timed = timing.time_in_turn(
        stopwatch, baseline.step, variant.step, request.steps, part(report, 0.3, 0.85), 600.0
    )
    report("reading memory", 0.9)
    measurement = TrainingMeasurement(
        request=request,
        baseline=as_run(baseline, timed.before, stopwatch.device),
        variant=as_run(variant, timed.after, stopwatch.device),
        environment=environment.describe(stopwatch.device),
        taken_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        elapsed_s=time.perf_counter() - started,
        notes=("weights are random: the loss falls from nowhere",)
        if loaded.weights != "trained"
        else (),
        step_ratio=timed.ratio,
    )
    return TrainingReady(measurement)
