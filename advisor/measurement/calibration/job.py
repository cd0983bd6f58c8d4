"""The job of the calibrating worker: time every point in rounds, and make a profile of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone

import torch
from torch import nn

from advisor.measurement import device
from advisor.measurement.calibration.box import this_box
from advisor.measurement.calibration.boxed import boxed_hardware
from advisor.measurement.calibration.copies import host_copy_bytes_per_s
from advisor.measurement.calibration.point import Branches, Built, Point
from advisor.measurement.calibration.points import points
from advisor.measurement.calibration.result import (
    CalibrationRequest,
    CalibrationResult,
    TimedText,
)
from advisor.measurement.calibration.timing import (
    Timing,
    agree,
    quietest,
    steady_allocator,
    time_round,
)
from advisor.measurement.progress import Report, part
from advisor.measurement.protocol import CalibrationReady
from advisor.measurement.timing import Stopwatch
from advisor.models.loaded import LoadedModel
from advisor.profiling.counting import runnable_replica
from advisor.profiling.profile import Operator
from advisor.profiling.work import count_work
from advisor.projection.points import TimedPoint
from advisor.strategies import int8_dynamic, int8_weight_only
from advisor.telemetry.machine import machine

ROUNDS_SHARE = 0.5
"""Of the time, for timing; the rest goes into building, profiling and fitting."""
LAST_ROUND_ENDS = 0.75
"""Of the time: on a busy or slow box some points are timed but once."""
MOST_ROUNDS = 4
"""All points twice over; further rounds are of those whose rounds do not agree."""
NOISY_SPREAD = 0.25
DTYPE_NAMES = {torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}


@dataclass(frozen=True)
class Timed:
    """A point with its operators and its time in each round."""

    point: Point
    dtype: torch.dtype
    operators: tuple[Operator, ...]
    rounds: tuple[Timing, ...]

    @property
    def timing(self) -> Timing:
        return quietest(self.rounds)

    @property
    def settled(self) -> bool:
        return len(self.rounds) > 1 and agree(self.rounds)

    def as_timed_point(self) -> TimedPoint:
        return TimedPoint(
            self.operators,
            self.timing.seconds,
            weight_format="int8" if self.point.int8 else "native",
            linear_activation_format="int8" if self.point.int8 == "dynamic" else "native",
        )


def run(request: CalibrationRequest, report: Report) -> CalibrationReady:
    """Raises UsageError where the device is not there."""
    started = time.perf_counter()
    here = machine()
    on = device.find(request.device or ("cuda" if here.devices else "cpu"))
    asked = [
        (point, dtype)
        for dtype in dtypes(on)
        for point in points(on.type == "cuda")
        if dtype == torch.float32 or not point.int8
    ]
    limit_s = ROUNDS_SHARE * request.limit_s / (2 * len(asked))
    steady_allocator()
    timed = list(_first_round(asked, on, limit_s, part(report, 0.05, 0.5)))
    ends_at = started + LAST_ROUND_ENDS * request.limit_s
    for _ in range(1, MOST_ROUNDS):
        timed = list(_further_round(timed, on, limit_s, ends_at, part(report, 0.5, 0.85)))
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
        ready = _converted(point, module)
        yield Timed(point, dtype, operators, (_time(ready, inputs, on, limit_s),))


def _further_round(
    timed: Iterable[Timed], on: torch.device, limit_s: float, ends_at: float, report: Report
) -> Iterator[Timed]:
    """Time again what is not settled, as long as there is time; the rest stays as it is."""
    todo = list(timed)
    for index, each in enumerate(todo):
        if each.settled or time.perf_counter() > ends_at:
            yield each
            continue
        report(f"again, {each.point.family}: {each.point.text}", index / len(todo))
        module, inputs = built(each.point, each.dtype, on)
        again = _time(_converted(each.point, module), inputs, on, limit_s)
        yield replace(each, rounds=(*each.rounds, again))


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


def _converted(point: Point, module: nn.Module) -> nn.Module:
    """The module of `point` as it runs; it is profiled as it was before."""
    if point.int8 is None:
        return module
    apply = int8_dynamic.apply if point.int8 == "dynamic" else int8_weight_only.apply
    return apply(LoadedModel(point.text, module, ()), {}).module


def _filled(empty: torch.Tensor, on: torch.device) -> torch.Tensor:
    if empty.is_floating_point():
        return torch.rand(empty.shape, dtype=empty.dtype, device=on)
    return torch.arange(empty.numel(), dtype=empty.dtype, device=on).view(empty.shape)


def _operators(
    point: Point, module: nn.Module, inputs: tuple[torch.Tensor, ...]
) -> tuple[Operator, ...]:
    alike = len(module.layers) if isinstance(module, Branches) else 1
    profiled = Branches(list(module.layers)[:1]) if isinstance(module, Branches) else module
    model = LoadedModel(point.text, profiled, inputs, weights="random")
    rows = count_work(model, runnable_replica(model), None).phases[0].operators
    return tuple(replace(row, repeats=row.repeats * alike) for row in rows)


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
