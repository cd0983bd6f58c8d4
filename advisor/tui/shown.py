"""What the main screen shows, as one frozen value: panes render from it and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from advisor.advice.plan import Plan
    from advisor.advice.plan_economics import PlanEconomics
    from advisor.session_snapshot import Snapshot
    from advisor.telemetry.machine import Machine
    from advisor.tui.queue import Queue

Doing = Literal["idle", "profiling", "measuring"]
Level = Literal["info", "error"]


@dataclass(frozen=True)
class LogEntry:
    """One thing that happened; `clock` is the local time of day."""

    clock: str
    level: Level
    text: str


@dataclass(frozen=True)
class Activity:
    """What runs in a worker process now; `fraction` of it is done."""

    doing: Doing = "idle"
    text: str = ""
    fraction: float = 0.0
    left_s: float | None = None
    """Until all that is to be done is done; None where that is not known."""


@dataclass(frozen=True)
class Exporting:
    """What of an audit is worked out now, after `done` of `of` steps."""

    text: str
    done: int
    of: int


@dataclass(frozen=True)
class HistoryNote:
    """The history's median error over `count` measurements, or why it cannot be read."""

    median_error: float | None = None
    count: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class Shown:
    """`snapshot` is None until the model is profiled, `plan` and `economics` until worked out."""

    reference: str
    snapshot: Snapshot | None = None
    command_line: str | None = None
    """What gives this audit again, with all that is on."""
    plan: Plan | None = None
    economics: PlanEconomics | None = None
    machine: Machine | None = None
    activity: Activity = Activity()
    exporting: Exporting | None = None
    """How far an audit is that is to be written, beside whatever else runs."""
    queue: Queue = ()
    history: HistoryNote = HistoryNote()
    failure: str | None = None
    """Why the last job failed, until the next one starts."""
    log: tuple[LogEntry, ...] = ()

    def logged(self, entry: LogEntry) -> Shown:
        return replace(self, log=(*self.log, entry))
