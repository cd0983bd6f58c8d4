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
"""The first run after other modules finds neither its code nor its data in the nearest caches."""
_LARGEST_KEPT_BYTES = 32 * 2**20 - 2**16
UNDISTURBED = 1.05
"""Wall time over processor time, at most, of a run that nothing interrupted."""


@dataclass(frozen=True)
class Timing:
    """The median of the undisturbed runs, and the share of it between their quartiles."""

    seconds: float
    spread: float


@dataclass(frozen=True)
class Sample:
    """One run: its wall time, and the processor time of the calling thread and of all threads."""

    wall_s: float
    thread_s: float
    process_s: float
    others: int = 0
    """How often other work ran in between."""
    others_s: float = 0.0
    """What of each time it took, which is not the run's."""

    @property
    def own_wall_s(self) -> float:
        return self.wall_s - self.others_s

    @property
    def own_thread_s(self) -> float:
        return self.thread_s - self.others_s


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
    kept = [each.own_wall_s for each in samples if each.wall_s <= UNDISTURBED * each.thread_s]
    if len(kept) >= _LEAST_RUNS:
        return kept
    if all(each.process_s <= UNDISTURBED * each.thread_s for each in samples):
        return [each.own_thread_s for each in samples]
    return [each.own_wall_s for each in samples]


def steady_allocator() -> None:
    """Have the C library keep freed blocks of up to 32 MB instead of returning their pages.

    glibc learns to by the largest block that a process has freed (mallopt(3), M_MMAP_THRESHOLD).
    Before that, every large output is paid for in page faults, and whether it is depends on what
    ran earlier in the process. A process that has loaded and run a model has learnt it.
    """
    torch.empty(_LARGEST_KEPT_BYTES, dtype=torch.uint8)


def time_round(once: Callable[[], Sample], limit_s: float) -> list[Sample]:
    """Warm up, then repeat for `limit_s`, once at least."""
    for _ in range(_WARM_UP_RUNS):
        once()
    samples: list[Sample] = []
    ends_at = time.perf_counter() + limit_s
    while not samples or (len(samples) < _MOST_RUNS and time.perf_counter() < ends_at):
        samples.append(once())
    return samples


def timing_of(samples: Sequence[Sample]) -> Timing:
    """What the runs of all rounds tell: as often as not a run takes longer.

    Not the fastest of them: what makes one kernel fast on a shared box (a cache to itself) makes
    another slow (half of the memory's channels), and no model meets the best of both.
    """
    low, middle, high = np.quantile(undisturbed_s(samples), (0.25, 0.5, 0.75))
    return Timing(float(middle), float((high - low) / middle))
