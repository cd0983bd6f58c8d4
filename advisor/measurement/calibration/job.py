"""The job of the calibrating worker: time every point in rounds, and make a profile of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

import torch

from advisor.catalog.hardware import Hardware
from advisor.measurement import device
from advisor.measurement.calibration.box import this_box
from advisor.measurement.calibration.boxed import boxed_hardware
from advisor.measurement.calibration.copies import host_copy_bytes_per_s
from advisor.measurement.calibration.others import Others
from advisor.measurement.calibration.point import Point
from advisor.measurement.calibration.points import points
from advisor.measurement.calibration.ready import Ready, Weights, ready
from advisor.measurement.calibration.result import (
    CalibrationRequest,
    CalibrationResult,
    TimedText,
)
from advisor.measurement.calibration.timing import steady_allocator
from advisor.measurement.progress import Report, part
from advisor.measurement.protocol import CalibrationReady
from advisor.measurement.timing import Stopwatch
from advisor.telemetry.machine import Machine, machine

TIMING_ENDS = 0.7
"""Of the time; the rest goes into fitting."""
ROUND_S = 0.008
"""Of one point at a time: a shared box changes its pace within seconds, and the points of one
kernel are compared with each other."""
MOST_ROUNDS = 12
NOISY_SPREAD = 0.25
DTYPE_NAMES = {torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}


def run(request: CalibrationRequest, report: Report) -> CalibrationReady:
    """Raises UsageError where the device is not there."""
    started = time.perf_counter()
    here = machine()
    on = device.find(request.device or ("cuda" if here.devices else "cpu"))
    steady_allocator()
    made = list(made_ready(on, part(report, 0.05, 0.35)))
    ends_at = started + TIMING_ENDS * request.limit_s
    _time(made, Stopwatch(on), ends_at, part(report, 0.35, 0.85))
    report("fitting curves", 0.85)
    result = CalibrationResult(
        hardware_of(made, here, on),
        tuple(map(_in_words, made)),
        time.perf_counter() - started,
        tuple(_notes(made)),
    )
    return CalibrationReady(result)


def hardware_of(made: Sequence[Ready], here: Machine, on: torch.device) -> Hardware:
    """The profile of this box that the runs timed so far amount to."""
    return boxed_hardware(
        [each.as_timed_point() for each in made],
        this_box(here),
        here,
        host_copy_bytes_per_s(on),
        datetime.now(timezone.utc).isoformat(timespec="seconds"),
    )


def asked(on: torch.device) -> list[tuple[Point, torch.dtype]]:
    """Every point in the number formats that it is timed in."""
    return [
        (point, dtype)
        for dtype in dtypes(on)
        for point in points(on.type == "cuda")
        if point.every_format or dtype == torch.float32
    ]


def dtypes(on: torch.device) -> tuple[torch.dtype, ...]:
    if on.type == "cuda":
        return (torch.float32, torch.bfloat16, torch.float16)
    return (torch.float32, torch.bfloat16)


def made_ready(on: torch.device, report: Report) -> Iterator[Ready]:
    """Every point in every number format that it is timed in, not timed yet."""
    weights, todo = Weights(on), asked(on)
    for index, (point, dtype) in enumerate(todo):
        report(f"{point.family}: {point.text}, {DTYPE_NAMES[dtype]}", index / len(todo))
        yield ready(point, dtype, weights, on)


def _time(made: Sequence[Ready], stopwatch: Stopwatch, ends_at: float, report: Report) -> None:
    """In rounds, each point once however late it is, and as often as there is time for."""
    started = time.perf_counter()
    others = Others() if stopwatch.device.type == "cpu" else None
    for turn in range(MOST_ROUNDS):
        for each in made:
            now = time.perf_counter()
            if turn and now > ends_at:
                return
            behind = min((now - started) / max(ends_at - started, 1e-3), 1.0)
            report(f"round {turn + 1}, {each.point.family}: {each.point.text}", behind)
            each.time(stopwatch, ROUND_S, others)


def _in_words(timed: Ready) -> TimedText:
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


def _notes(timed: Sequence[Ready]) -> Iterator[str]:
    noisy = sum(each.timing.spread > NOISY_SPREAD for each in timed)
    if noisy > len(timed) / 4:
        yield (
            f"the box was busy: {noisy} of {len(timed)} points spread by more than "
            f"{NOISY_SPREAD:.0%}; calibrate again when it is quiet"
        )
