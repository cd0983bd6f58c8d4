"""Times of many small modules on a box that may be busy with other things."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from advisor.measurement.timing import Stopwatch

_LEAST_RUNS = 3
_MOST_RUNS = 200
_WARM_UP_RUNS = 2
AGREEING = 1.05
"""Ratio of the times of two rounds that show no sign of another program."""
_LARGEST_KEPT_BYTES = 32 * 2**20 - 2**16
UNDISTURBED = 1.05
"""Wall time over processor time, at most, of a run that nothing interrupted."""


@dataclass(frozen=True)
class Timing:
    """The median of the quietest round, and the share of it between its quartiles."""

    seconds: float
    spread: float


@dataclass(frozen=True)
class Sample:
    """One run: its wall time, and the processor time of the calling thread and of all threads."""

    wall_s: float
    thread_s: float
    process_s: float


def sample(stopwatch: Stopwatch, run: Callable[[], object]) -> Sample:
    """Time one run; of an accelerator, whose work no processor time shows, by the wall alone."""
    thread_s, process_s = time.thread_time(), time.process_time()
    wall_s = stopwatch.time_s(run)
    if stopwatch.device.type != "cpu":
        return Sample(wall_s, wall_s, wall_s)
    return Sample(wall_s, time.thread_time() - thread_s, time.process_time() - process_s)


def undisturbed_s(samples: Sequence[Sample]) -> list[float]:
    """Wall times of the runs in which the calling thread kept its processor.

    Where other programs took it in nearly every run, what it had of it tells the same, if no other
    thread worked for it (`OMP_NUM_THREADS=1`); else there is nothing better than all wall times.
    """
    kept = [each.wall_s for each in samples if each.wall_s <= UNDISTURBED * each.thread_s]
    if len(kept) >= _LEAST_RUNS:
        return kept
    if all(each.process_s <= UNDISTURBED * each.thread_s for each in samples):
        return [each.thread_s for each in samples]
    return [each.wall_s for each in samples]


def steady_allocator() -> None:
    """Have the C library keep freed blocks of up to 32 MB instead of returning their pages.

    glibc learns to by the largest block that a process has freed (mallopt(3), M_MMAP_THRESHOLD).
    Before that, every large output is paid for in page faults, and whether it is depends on what
    ran earlier in the process. A process that has loaded and run a model has learnt it.
    """
    torch.empty(_LARGEST_KEPT_BYTES, dtype=torch.uint8)


def time_round(stopwatch: Stopwatch, run: Callable[[], object], limit_s: float) -> Timing:
    """Warm up, then repeat for `limit_s`, a few times at least."""
    for _ in range(_WARM_UP_RUNS):
        run()
    samples: list[Sample] = []
    ends_at = time.perf_counter() + limit_s
    while len(samples) < _LEAST_RUNS or (
        len(samples) < _MOST_RUNS and time.perf_counter() < ends_at
    ):
        samples.append(sample(stopwatch, run))
    low, middle, high = np.quantile(undisturbed_s(samples), (0.25, 0.5, 0.75))
    return Timing(float(middle), float((high - low) / middle))


def quietest(rounds: Sequence[Timing]) -> Timing:
    """The fastest of several rounds: what else runs on a box only ever makes a module slower."""
    return min(rounds, key=lambda each: each.seconds)


def agree(rounds: Sequence[Timing]) -> bool:
    """Whether the two fastest rounds tell the same."""
    first, second = sorted(each.seconds for each in rounds)[:2]
    return second <= AGREEING * first
