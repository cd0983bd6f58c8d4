"""The job of the measurement worker: baseline and variant, run in turn, compared."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from statistics import fmean

import torch
from torch.utils import _pytree as pytree

from advisor.errors import AdvisorError, ModelError, StrategyError, UsageError
from advisor.measurement import (
    continuation,
    decoding,
    device,
    environment,
    fidelity,
    memory,
    quality,
    size,
    timing,
)
from advisor.measurement.progress import Report, part
from advisor.measurement.protocol import MeasurementReady
from advisor.measurement.quality import Scored, drop_interval
from advisor.measurement.result import Fidelity, Measurement, MeasurementRequest, Run, Spread
from advisor.measurement.variant import applied, baseline_of, blaming, load_on, same_as
from advisor.models.loaded import LoadedModel
from advisor.profiling.invocation import batch_size
from advisor.strategies.selection import parse_selection


@dataclass(frozen=True)
class Subject:
    """One of the two models, what to call it in a message, and the error that it raises."""

    model: LoadedModel
    name: str
    blame: type[AdvisorError]

    def forward(self) -> object:
        return fidelity.run(self.model)


def run(request: MeasurementRequest, report: Report) -> MeasurementReady:
    """Measure as asked.

    Raises UsageError where the request itself is wrong, ModelError where the model fails as it
    came, StrategyError where it fails only with the strategies.
    """
    started = time.perf_counter()
    if request.repeats < 1:
        raise UsageError(f"repeats is {request.repeats}; it must be 1 or more")
    stopwatch = timing.Stopwatch(device.find(request.device))
    baseline, variant = _subjects(request, stopwatch.device, part(report, 0.05, 0.25))
    with torch.no_grad():
        notes = _warm_up(stopwatch, (baseline, variant), part(report, 0.25, 0.4))
        clock = device.clock_mhz(stopwatch.device)
        timed = timing.time_in_turn(
            stopwatch, baseline.forward, variant.forward, request.repeats, part(report, 0.4, 0.8)
        )
        clocks = (clock, device.clock_mhz(stopwatch.device))
        before = _run(baseline, timed.before, stopwatch, part(report, 0.8, 0.87))
        after = _run(variant, timed.after, stopwatch, part(report, 0.87, 0.94))
        report("comparing outputs", 0.94)
        near = _fidelity(baseline, variant, before, after)
        with blaming(StrategyError, f"{variant.name}: decoding with its cache failed"):
            gone_on = decoding.compare(
                baseline.model, variant.model, stopwatch, part(report, 0.97, 1.0)
            )
    measurement = Measurement(
        request=request,
        baseline=before.run,
        variant=after.run,
        fidelity=near,
        environment=environment.describe(stopwatch.device, clocks),
        taken_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        elapsed_s=time.perf_counter() - started,
        notes=(
            *notes,
            *_notes(request, baseline.model, before.run),
            *variant.model.notes,
            *after.remarks,
        ),
        latency_ratio=timed.ratio,
        decoding=gone_on,
    )
    measurement = _with_intervals(measurement, before.scored, after.scored)
    noise = ("too noisy to tell: the ratio of times is known no better than ±10%",)
    if measurement.machine_is_too_noisy:
        measurement = replace(measurement, notes=(*measurement.notes, *noise))
    return MeasurementReady(measurement)


def _with_intervals(found: Measurement, before: Scored | None, after: Scored | None) -> Measurement:
    if before is None or after is None:
        return found
    worst = found.worst_class
    return replace(
        found,
        drop_interval=drop_interval(before, after),
        worst_class_interval=None if worst is None else drop_interval(before, after, worst),
    )


def _subjects(
    request: MeasurementRequest, on: torch.device, report: Report
) -> tuple[Subject, Subject]:
    """The baseline, and a second one loaded afresh, since strategies change the module."""
    chosen = parse_selection(",".join(request.choices))
    names = ", ".join(map(str, chosen)) or "no strategy"
    report(f"loading {request.model.reference}", 0.0)
    baseline = load_on(request.model, on)
    report("loading it again for the variant", 0.4)
    again = same_as(baseline, load_on(request.model, on))
    report(f"applying {names}", 0.7)
    variant = applied(again, chosen)
    return (
        Subject(baseline_of(baseline, chosen), request.model.reference, ModelError),
        Subject(variant, f"{request.model.reference} with {names}", StrategyError),
    )


def _warm_up(stopwatch: timing.Stopwatch, subjects: Sequence[Subject], report: Report) -> list[str]:
    """Run each until it is steady; what cannot run at all fails here, by its own name.

    Returns what is to be said of those that did not become steady.
    """
    notes = []
    for index, subject in enumerate(subjects):
        report(f"warming up {subject.name}", index / len(subjects))
        with blaming(subject.blame, f"{subject.name}: the forward pass failed"):
            steady = timing.warm_up(stopwatch, subject.forward)
        if not steady:
            notes.append(f"{subject.name} did not become steady: no three runs in a row within 10%")
    return notes


@dataclass(frozen=True)
class _Ran:
    run: Run
    scored: Scored | None
    remarks: tuple[str, ...] = ()


def _run(subject: Subject, spread: Spread, stopwatch: timing.Stopwatch, report: Report) -> _Ran:
    module, on = subject.model.module, stopwatch.device
    report(f"reading memory and energy of {subject.name}", 0.0)
    inputs = pytree.tree_leaves((subject.model.inputs, dict(subject.model.keyword_inputs)))
    tensors = [each for each in inputs if isinstance(each, torch.Tensor)]
    peak_memory_bytes = memory.peak_bytes(module, subject.forward, on, tensors)
    resident = memory.resident_growth_bytes(subject.forward) if on.type == "cpu" else None
    energy_j = device.energy_j(stopwatch, subject.forward, spread.median)
    report(f"scoring {subject.name}", 0.5)
    remarks = subject.model.remarks or tuple
    remarks()  # those of the runs that were timed
    with blaming(subject.blame, f"{subject.name}: the evaluation failed"):
        scored = quality.evaluate(subject.model, subject.blame)
    run = Run(
        latency_s=spread,
        batch_size=batch_size(subject.model.inputs, subject.model.keyword_inputs),
        peak_memory_bytes=peak_memory_bytes,
        device_memory_bytes=device.memory_used_bytes(on),
        size_bytes=size.stored_bytes(module),
        energy_j=energy_j,
        quality=None if scored is None else scored.quality,
        resident_growth_bytes=resident,
    )
    return _Ran(run, scored, () if scored is None else tuple(remarks()))


def _fidelity(baseline: Subject, variant: Subject, before: _Ran, after: _Ran) -> Fidelity | None:
    """None where the weights are random: nothing that they give is worth keeping."""
    if baseline.model.weights != "trained":
        return None
    is_classifier = before.scored is not None and bool(before.scored.quality.per_class)
    with blaming(variant.blame, f"{variant.name}: the outputs cannot be compared"):
        found = fidelity.compare(baseline.model, variant.model, is_classifier)
        seconds = fmean(each.run.latency_s.median for each in (before, after))
        agreement = continuation.token_agreement(baseline.model, variant.model, seconds)
    if found is None or agreement is None:
        return found
    return replace(found, values={**found.values, "token agreement": agreement})


def _notes(request: MeasurementRequest, model: LoadedModel, run: Run) -> Iterator[str]:
    if model.weights != "trained":
        yield "weights are random: quality and fidelity were not taken, they would mean nothing"
    if run.latency_s.repeats < request.repeats:
        yield (
            f"timed {run.latency_s.repeats} times instead of {request.repeats}: timing ends after "
            f"{timing.TIMING_LIMIT_S:g} s"
        )
