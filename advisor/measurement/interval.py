"""Intervals by the bootstrap: how far a figure would move, were other samples or turns drawn.

Resamples are drawn with a fixed seed, so that the same scores give the same interval. The interval
is of percentiles (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from advisor.measurement.result import Interval

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

CONFIDENCE = 0.95
RESAMPLES = 2000
_SEED = 20260101


def paired_bootstrap(count: int, statistic: Callable[[Indices], float]) -> Interval | None:
    """Of `statistic`, which takes the (count,) indices of the pairs that were drawn.

    Both sides of a comparison see the same draw, so that what a sample does to both drops out.
    None where a single pair, or a resample with no value, leaves nothing to judge by.
    """
    if count < 2:
        return None
    generator = np.random.default_rng(_SEED)
    values = np.array([
        statistic(generator.integers(0, count, count, dtype=np.int64)) for _ in range(RESAMPLES)
    ])  # fmt: skip
    if not np.isfinite(values).all():
        return None
    low, high = np.quantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(low), float(high))


def ratio_of_medians(before: Floats, after: Floats) -> Interval | None:
    """Of the variant's median time over the baseline's, turn by turn: arrays of (turns,)."""

    def ratio(drawn: Indices) -> float:
        return float(np.median(after[drawn]) / np.median(before[drawn]))

    return paired_bootstrap(len(before), ratio)
