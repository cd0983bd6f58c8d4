"""Times of many small modules on a box that may be busy with other things."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from advisor.measurement.timing import Stopwatch

_LEAST_RUNS = 3
_MOST_RUNS = 200
_WARM_UP_RUNS = 2


@dataclass(frozen=True)
class Timing:
    """The median of the quieter of two rounds, and the share of it between their quartiles."""

    seconds: float
    spread: float


def time_round(stopwatch: Stopwatch, run: Callable[[], object], limit_s: float) -> Timing:
    """Warm up, then repeat for `limit_s`, a few times at least."""
    for _ in range(_WARM_UP_RUNS):
        run()
    seconds: list[float] = []
    ends_at = time.perf_counter() + limit_s
    while len(seconds) < _LEAST_RUNS or (
        len(seconds) < _MOST_RUNS and time.perf_counter() < ends_at
    ):
        seconds.append(stopwatch.time_s(run))
    low, middle, high = np.quantile(seconds, (0.25, 0.5, 0.75))
    return Timing(float(middle), float((high - low) / middle))


def quieter(first: Timing, second: Timing) -> Timing:
    """The faster of two rounds: what else runs on a box only ever makes a module slower."""
    return min(first, second, key=lambda each: each.seconds)
