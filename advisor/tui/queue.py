"""What is to be measured, is being measured and was: one after another, in the order asked for."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from advisor import units
from advisor.measurement.result import MeasurementRequest
from advisor.measurement.training_result import TrainingRequest

if TYPE_CHECKING:
    from advisor.measurement.comparison import MeasuredVariant
    from advisor.measurement.training_comparison import ComparedTraining

EntryState = Literal["waiting", "measuring", "measured", "failed", "cancelled"]
Asked = MeasurementRequest | TrainingRequest
Found: TypeAlias = "MeasuredVariant | ComparedTraining"
States = Mapping[str, str]
"""What is under way for a strategy, in a few words, by its slug."""
LEAST_SHARE = 0.1
"""Of a job, before which its pace tells nothing of the time left."""


@dataclass(frozen=True)
class Entry:
    """One measurement. Times are those of `time.monotonic`, in seconds."""

    number: int
    request: Asked
    state: EntryState = "waiting"
    text: str = ""
    """What it does now, or why it failed."""
    fraction: float = 0.0
    started_at_s: float | None = None
    left_s: float | None = None
    """What the rest takes, as it was told last; None where that is not known."""
    took_s: float | None = None
    found: Found | None = None

    @property
    def names(self) -> str:
        return names_of(self.request)

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "measuring")

    def advanced(self, text: str, fraction: float, now_s: float) -> Entry:
        left_s = time_left_s(fraction, self.started_at_s, now_s)
        return replace(self, text=text, fraction=fraction, left_s=left_s)

    def ended(self, state: EntryState, now_s: float, text: str = "") -> Entry:
        took_s = None if self.started_at_s is None else now_s - self.started_at_s
        return replace(self, state=state, text=text, left_s=None, took_s=took_s)


def names_of(request: Asked) -> str:
    """What is measured, in words."""
    names = ", ".join(request.choices) or "the baseline alone"
    return f"training with {names}" if isinstance(request, TrainingRequest) else names


def time_left_s(fraction: float, started_at_s: float | None, now_s: float) -> float | None:
    """Seconds that the rest takes at the pace of what is done; None while that tells nothing."""
    if started_at_s is None or not LEAST_SHARE <= fraction <= 1:
        return None
    return (now_s - started_at_s) * (1 - fraction) / fraction


Queue = tuple[Entry, ...]


def active(queue: Queue) -> Entry | None:
    return next((each for each in queue if each.state == "measuring"), None)


def waiting(queue: Queue) -> list[Entry]:
    return [each for each in queue if each.state == "waiting"]


def holds(queue: Queue, request: Asked) -> bool:
    """Whether the same is still to be measured."""
    wanted = type(request), sorted(request.choices)
    return any(
        each.is_open and (type(each.request), sorted(each.request.choices)) == wanted
        for each in queue
    )


def added(queue: Queue, requests: Sequence[Asked]) -> Queue:
    first = queue[-1].number + 1 if queue else 1
    return (*queue, *(Entry(first + place, each) for place, each in enumerate(requests)))


def changed(queue: Queue, entry: Entry) -> Queue:
    return tuple(entry if each.number == entry.number else each for each in queue)


def with_result(queue: Queue, found: Found) -> Queue:
    """`found` beside the entry that asked for it; the newest of several."""
    request = found.measurement.request
    asked = [each for each in queue if each.state == "measured" and each.request == request]
    return changed(queue, replace(asked[-1], found=found)) if asked else queue


def without_waiting(queue: Queue) -> Queue:
    """What has not begun is cancelled."""
    return tuple(
        replace(each, state="cancelled") if each.state == "waiting" else each for each in queue
    )


def left_s(queue: Queue) -> float | None:
    """Until all is measured: what waits takes as long as those before it did, in the middle."""
    running, rest = active(queue), len(waiting(queue))
    now_left_s = 0.0 if running is None else running.left_s
    times = [each.took_s for each in queue if each.took_s is not None and each.state == "measured"]
    if running is not None and running.left_s is not None and not times:
        times = [running.left_s / (1 - running.fraction)] if running.fraction < 1 else []
    if now_left_s is None or (rest and not times):
        return None
    return now_left_s + (rest * statistics.median(times) if rest else 0.0)


def left_text(seconds: float | None) -> str:
    """Whole seconds; nothing where it is not known."""
    if seconds is None:
        return ""
    return f"{seconds:.0f} s left" if seconds < 120 else f"{units.seconds(seconds)} left"


def states(queue: Queue) -> dict[str, str]:
    """Of every strategy in something open; what runs is told before what waits."""
    found: dict[str, str] = {}
    for entry in queue:
        if not entry.is_open:
            continue
        text = "queued"
        if entry.state == "measuring":
            left = "" if entry.left_s is None else f" {entry.left_s:.0f} s"
            text = f"{entry.fraction:.0%}{left}"
        for choice in entry.request.choices:
            found.setdefault(choice.partition(":")[0], text)
    return found
