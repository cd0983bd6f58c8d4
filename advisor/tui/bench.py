"""What the user does to the session, and what the screen shows of it; free of any widget."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.errors import AdvisorError, CancelledError, UsageError
from advisor.tui.queue import (
    EntryState,
    Found,
    Queue,
    active,
    changed,
    names_of,
    time_left_s,
    with_result,
)
from advisor.tui.queue import left_s as time_left_of
from advisor.tui.shown import Activity, Doing, Exporting, HistoryNote, Level, LogEntry, Shown

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.advice.plan import Plan
    from advisor.advice.plan_economics import PlanEconomics
    from advisor.measurement.result import Measurement, ModelRequest
    from advisor.measurement.training_result import TrainingMeasurement
    from advisor.session import Session

Publish = Callable[[Shown], None]


class Bench:
    """Holds the session and the value that is shown; every change publishes a new one.

    Methods that the user's doing may make fail raise AdvisorError and change nothing.
    """

    def __init__(self, request: ModelRequest | None, publish: Publish) -> None:
        self.session: Session | None = None
        self.shown = Shown("no model" if request is None else request.reference)
        self._publish = publish
        self._started_at_s: float | None = None

    def restart(self, reference: str) -> None:
        """Let go of the model; the log goes on."""
        self.session = None
        self._show(Shown(reference, history=self.shown.history, log=self.shown.log))

    def log(self, text: str, level: Level = "info") -> None:
        entry = LogEntry(time.strftime("%H:%M:%S"), level, text)
        self._show(self.shown.logged(entry))

    def start(self, doing: Doing, text: str) -> None:
        self._started_at_s = time.monotonic()
        self._show(replace(self.shown, activity=Activity(doing, text), failure=None))
        self.log(text)

    def progress(self, text: str, fraction: float) -> None:
        now_s, queue = time.monotonic(), self.shown.queue
        left_s = time_left_s(fraction, self._started_at_s, now_s)
        running = active(queue)
        if running is not None:
            queue = changed(queue, running.advanced(text, fraction, now_s))
            left_s = time_left_of(queue)
        activity = replace(self.shown.activity, text=text, fraction=fraction, left_s=left_s)
        self._show(replace(self.shown, activity=activity, queue=queue))

    def show_queue(self, queue: Queue) -> None:
        self._show(replace(self.shown, queue=queue))

    def fail(self, error: AdvisorError) -> None:
        """The job is over without a result; its cause stays on the status line."""
        cancelled = isinstance(error, CancelledError)
        failure = None if cancelled else str(error)
        queue = self._ended("cancelled" if cancelled else "failed", str(error))
        self._show(replace(self.shown, activity=Activity(), failure=failure, queue=queue))
        self.log(f"{error}", "info" if cancelled else "error")

    def open(self, session: Session) -> None:
        from advisor.profiling.summary import uncounted_lines

        self.session = session
        profile = session.scenario.profile
        self._show(
            replace(
                self.shown, activity=Activity(), machine=session.machine, failure=None,
                plan=None, economics=None,
            )
        )  # fmt: skip
        for note in profile.notes:
            self.log(f"note on the profile: {note}")
        for uncounted in uncounted_lines(profile):
            self.log(f"not counted: {uncounted}")
        self.log(f"profiled in {profile.elapsed_s:.1f} s by {profile.counted_by}")
        earlier = len(session.measurements.all())
        if earlier:
            self.log(f"measured before on this machine: {earlier}; m measures again")
        self.refresh()

    def record(self, measurement: Measurement | TrainingMeasurement) -> None:
        """Take in a measurement; a history that cannot keep it is said and loses nothing else."""
        from advisor.tui.render import basis

        session = self.opened()
        queue = self._ended("measured")
        self._show(replace(self.shown, activity=Activity(), queue=queue))
        try:
            found = _recorded(session, measurement)
        except AdvisorError as error:
            self.note_history(HistoryNote(problem=str(error)))
        else:
            self._show(replace(self.shown, queue=with_result(queue, found)))
            names = names_of(measurement.request)
            self.log(f"{names}: {basis.measured(found)}, {basis.projection_error(found)}")
        self.refresh()

    def note_plan(self, plan: Plan, economics: PlanEconomics | None) -> None:
        self._show(replace(self.shown, plan=plan, economics=economics))

    def exporting(self) -> None:
        self._show(replace(self.shown, exporting=Exporting("it begins", 0, 1)))
        self.log("exporting: the audit takes exact searches, which take seconds")

    def export_goes_on(self, step: Exporting) -> None:
        self._show(replace(self.shown, exporting=step))

    def exported(self, paths: Sequence[Path]) -> None:
        self._show(replace(self.shown, exporting=None))
        self.log(f"wrote {', '.join(map(str, paths))}")

    def export_failed(self, error: AdvisorError) -> None:
        self._show(replace(self.shown, exporting=None))
        if isinstance(error, CancelledError):
            self.log("the export is cancelled")
        else:
            self.log(str(error), "error")

    def note_history(self, note: HistoryNote) -> None:
        if note.problem is not None and note != self.shown.history:
            self.log(note.problem, "error")
        self._show(replace(self.shown, history=note))

    def plan(self) -> Plan:
        """The plan; UsageError until it is worked out."""
        if self.shown.plan is None:
            raise UsageError("the plan is still being worked out")
        return self.shown.plan

    def opened(self) -> Session:
        """The session; UsageError where the model is not profiled (yet)."""
        if self.session is None:
            raise UsageError(f"{self.shown.reference} is not profiled yet")
        return self.session

    def refresh(self) -> None:
        """Show the session as it is now."""
        session = self.opened()
        command_line = session.command_line()
        self._show(replace(self.shown, snapshot=session.snapshot(), command_line=command_line))

    def _ended(self, state: EntryState, text: str = "") -> Queue:
        running = active(self.shown.queue)
        if running is None:
            return self.shown.queue
        return changed(self.shown.queue, running.ended(state, time.monotonic(), text))

    def _show(self, shown: Shown) -> None:
        self.shown = shown
        self._publish(shown)


def _recorded(session: Session, measurement: Measurement | TrainingMeasurement) -> Found:
    """Kept, beside its projection; AdvisorError where the history cannot keep it."""
    from advisor.measurement.training_result import TrainingMeasurement
    from advisor.session_training import keep_training, taken_in

    if isinstance(measurement, TrainingMeasurement):
        compared = taken_in(session, measurement)
        keep_training(session, compared)
        return compared
    return session.record(measurement)
