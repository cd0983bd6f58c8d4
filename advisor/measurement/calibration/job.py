"""The job of the calibrating worker: time every point, twice over, and make a profile of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

import torch
from torch import nn

from advisor.measurement import device
from advisor.measurement.calibration.box import this_box
from advisor.measurement.calibration.boxed import boxed_hardware
from advisor.measurement.calibration.copies import host_copy_bytes_per_s
from advisor.measurement.calibration.point import Built, Point
from advisor.measurement.calibration.points import points
from advisor.measurement.calibration.result import (
    CalibrationRequest,
    CalibrationResult,
    TimedText,
)
from advisor.measurement.calibration.timing import Timing, quieter, time_round
from advisor.measurement.progress import Report, part
from advisor.measurement.protocol import CalibrationReady
from advisor.measurement.timing import Stopwatch
from advisor.models.loaded import LoadedModel
from advisor.profiling.counting import runnable_replica
from advisor.profiling.profile import Operator
from advisor.profiling.work import count_work
from advisor.projection.points import TimedPoint
from advisor.telemetry.machine import machine

ROUNDS_SHARE = 0.5
"""Of the time, for timing; the rest goes into building, profiling and fitting."""
SECOND_ROUND_ENDS = 0.75
"""Of the time: a busy or slow box is not timed twice."""
NOISY_SPREAD = 0.25
DTYPE_NAMES = {torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}


@dataclass(frozen=True)
class Timed:
    """A point with its operators and its time."""

    point: Point
    dtype: torch.dtype
    operators: tuple[Operator, ...]
    timing: Timing

    def as_timed_point(self) -> TimedPoint:
        return TimedPoint(self.operators, self.timing.seconds)


def run(request: CalibrationRequest, report: Report) -> CalibrationReady:
    """Raises UsageError where the device is not there."""
    started = time.perf_counter()
    here = machine()
    on = device.find(request.device or ("cuda" if here.devices else "cpu"))
    asked = [(point, dtype) for dtype in dtypes(on) for point in points(on.type == "cuda")]
    limit_s = ROUNDS_SHARE * request.limit_s / (2 * len(asked))
    first = list(_first_round(asked, on, limit_s, part(report, 0.05, 0.5)))
    ends_at = started + SECOND_ROUND_ENDS * request.limit_s
    timed = list(_second_round(first, on, limit_s, ends_at, part(report, 0.5, 0.85)))
    report("fitting curves", 0.85)
    hardware = boxed_hardware(
        [each.as_timed_point() for each in timed],
        this_box(here),
        here,
        host_copy_bytes_per_s(on),
        datetime.now(timezone.utc).isoformat(timespec="seconds"),
    )
    return CalibrationReady(
        CalibrationResult(
            hardware,
            tuple(map(_in_words, timed)),
            time.perf_counter() - started,
            tuple(_notes(timed)),
        )
    )


def dtypes(on: torch.device) -> tuple[torch.dtype, ...]:
    if on.type == "cuda":
        return (torch.float32, torch.bfloat16, torch.float16)
    return (torch.float32, torch.bfloat16)


def _first_round(
    asked: Iterable[tuple[Point, torch.dtype]], on: torch.device, limit_s: float, report: Report
) -> Iterator[Timed]:
    todo = list(asked)
    for index, (point, dtype) in enumerate(todo):
        report(f"{point.family}: {point.text}, {DTYPE_NAMES[dtype]}", index / len(todo))
        module, inputs = built(point, dtype, on)
        operators = _operators(point, module, inputs)
        yield Timed(point, dtype, operators, _time(module, inputs, on, limit_s))


def _second_round(
    first: Iterable[Timed], on: torch.device, limit_s: float, ends_at: float, report: Report
) -> Iterator[Timed]:
    """Time again what there is time for; the rest keeps its first."""
    todo = list(first)
    for index, each in enumerate(todo):
        if time.perf_counter() > ends_at:
            yield each
            continue
        report(f"again, {each.point.family}: {each.point.text}", index / len(todo))
        again = _time(*built(each.point, each.dtype, on), on, limit_s)
        yield Timed(each.point, each.dtype, each.operators, quieter(each.timing, again))


def built(point: Point, dtype: torch.dtype, on: torch.device) -> Built:
    """The module of `point`, its values cheap to write: they do not matter to its time."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device("meta"):
            module, inputs = point.build()
    finally:
        torch.set_default_dtype(before)
    module = module.to_empty(device=on).eval()
    for tensor in (*module.parameters(), *module.buffers()):
        tensor.data.fill_(0.01)
    return module, tuple(_filled(each, on) for each in inputs)


def _filled(empty: torch.Tensor, on: torch.device) -> torch.Tensor:
    if empty.is_floating_point():
        return torch.rand(empty.shape, dtype=empty.dtype, device=on)
    return torch.arange(empty.numel(), dtype=empty.dtype, device=on).view(empty.shape)


def _operators(
    point: Point, module: nn.Module, inputs: tuple[torch.Tensor, ...]
) -> tuple[Operator, ...]:
    model = LoadedModel(point.text, module, inputs, weights="random")
    return count_work(model, runnable_replica(model), None).phases[0].operators


def _time(
    module: nn.Module, inputs: tuple[torch.Tensor, ...], on: torch.device, limit_s: float
) -> Timing:
    with torch.no_grad():
        return time_round(Stopwatch(on), lambda: module(*inputs), limit_s)


def _in_words(timed: Timed) -> TimedText:
    seconds = timed.timing.seconds
    flops = sum(2 * each.multiply_adds * each.repeats for each in timed.operators)
    moved = sum(each.total_bytes * each.repeats for each in timed.operators)
    return TimedText(
        timed.point.family,
        timed.point.text,
        DTYPE_NAMES[timed.dtype],
        seconds,
        timed.timing.spread,
        flops / seconds if flops else None,
        moved / seconds,
    )


def _notes(timed: list[Timed]) -> Iterator[str]:
    noisy = sum(each.timing.spread > NOISY_SPREAD for each in timed)
    if noisy > len(timed) / 4:
        yield (
            f"the box was busy: {noisy} of {len(timed)} points spread by more than "
            f"{NOISY_SPREAD:.0%}; calibrate again when it is quiet"
        )
