"""Latency of a baseline and a variant, run in turn so that a noisy machine disturbs both alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from advisor.measurement.interval import ratio_of_medians
from advisor.measurement.progress import Report
from advisor.measurement.result import Interval, Spread

Forward = Callable[[], object]

WARM_UP_LIMIT_S = 20.0
TIMING_LIMIT_S = 60.0
_WARM_UP_RUNS = 3
_WARM_UP_RUNS_MOST = 20
_STEADY_WITHIN = 1.1
"""Steady: the slowest of the last three runs took at most this times the fastest."""
_REPORTS = 50
_FENCE = 3.0
"""Ranges of the quartiles; beyond is "far out" in Tukey 1977, "Exploratory Data Analysis"."""


@dataclass(frozen=True)
class Stopwatch:
    """Seconds of one call, until the device has done its work."""

    device: torch.device

    def time_s(self, forward: Forward) -> float:
        self._wait()
        started = time.perf_counter()
        forward()
        self._wait()
        return time.perf_counter() - started

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


@dataclass(frozen=True)
class Timed:
    """Baseline and variant over the same turns, and the ratio of their medians."""

    before: Spread
    after: Spread
    ratio: Interval | None


def warm_up(stopwatch: Stopwatch, forward: Forward, limit_s: float = WARM_UP_LIMIT_S) -> bool:
    """Run until three runs in a row agree, or `limit_s` has passed since the end of the first.

    Returns whether they came to agree.

    The first run does what is done once, compiling above all, and is not held against the limit.
    """
    stopwatch.time_s(forward)
    ends_at = time.perf_counter() + limit_s
    timings: list[float] = []
    while len(timings) < _WARM_UP_RUNS_MOST and time.perf_counter() < ends_at:
        timings.append(stopwatch.time_s(forward))
        last = timings[-_WARM_UP_RUNS:]
        if len(last) == _WARM_UP_RUNS and max(last) <= _STEADY_WITHIN * min(last):
            return True
    return False


def time_in_turn(
    stopwatch: Stopwatch,
    baseline: Forward,
    variant: Forward,
    repeats: int,
    report: Report,
    limit_s: float = TIMING_LIMIT_S,
) -> Timed:
    """Time each `repeats` times, or as often as `limit_s` allows, once at least.

    Which of the two goes first changes with each turn, so that neither always runs on what the
    other left in the caches.
    """
    before: list[float] = []
    after: list[float] = []
    ends_at = time.perf_counter() + limit_s
    while len(before) < repeats and not (before and time.perf_counter() > ends_at):
        turn = len(before)
        if turn % max(1, repeats // _REPORTS) == 0:
            report(f"timing {turn + 1}/{repeats}", turn / repeats)
        pair = [(baseline, before), (variant, after)]
        for forward, timings in pair if turn % 2 == 0 else reversed(pair):
            timings.append(stopwatch.time_s(forward))
    ratio = ratio_of_medians(np.array(before), np.array(after))
    return Timed(spread(before), spread(after), ratio)


def spread(timings_s: Sequence[float]) -> Spread:
    """Median and 95th percentile, interpolated linearly. Raises ValueError where there are none."""
    if not timings_s:
        raise ValueError("no timings to take the spread of")
    low, high = (float(each) for each in np.quantile(timings_s, [0.25, 0.75]))
    fence = _FENCE * (high - low)
    return Spread(
        median=float(np.median(timings_s)),
        p95=float(np.quantile(timings_s, 0.95)),
        low=min(timings_s),
        high=max(timings_s),
        repeats=len(timings_s),
        lower_quartile=low,
        upper_quartile=high,
        outliers=sum(not low - fence <= each <= high + fence for each in timings_s),
    )
