"""The course of things: which job follows which, and what each one's end means."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.errors import ExitCode, UsageError
from advisor.tui.jobs import Jobs, Post
from advisor.tui.messages import (
    Exported,
    ExportFailed,
    ExportGoesOn,
    Faulted,
    HistoryRead,
    JobFailed,
    Measured,
    News,
    Opened,
    Planned,
    Progressed,
)
from advisor.tui.planning import read_history, work_out_export, work_out_plan
from advisor.tui.queue import (
    Asked,
    active,
    added,
    changed,
    holds,
    names_of,
    waiting,
    without_waiting,
)

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.advice.rule import Facts
    from advisor.history import History
    from advisor.measurement.result import ModelRequest
    from advisor.session import Session
    from advisor.session_options import Options
    from advisor.tui.bench import Bench
    from advisor.tui.loading import Loading
    from advisor.tui.searching import Search


class Course:
    """Starts jobs, and takes the news of them on the main thread."""

    def __init__(
        self, bench: Bench, post: Post, history: Callable[[], History], loading: Loading
    ) -> None:
        self.bench = bench
        self.jobs = Jobs(post, loading)
        self.exit_code = ExitCode.DONE
        """Of the whole program: that of the failure where the model was never profiled."""
        self._post = post
        self._history = history
        self._loading = loading
        self._planned: Facts | None = None
        self._planning: Search | None = None
        self._export: Search | None = None

    def begin(self, request: ModelRequest, options: Options, session: Session | None) -> None:
        """Profile the model, unless a session around it is there already."""
        self._read_history()
        if session is not None:
            self.take(Opened(session))
            return
        self.bench.start("profiling", f"profiling {request.reference}")
        self.jobs.open(request, options, self._history)

    def _read_history(self) -> None:
        def history() -> History:
            self._loading.wait()
            return self._history()

        read_history(history, self._post)

    def measure(self, requests: Sequence[Asked]) -> None:
        """Queue `requests`; UsageError where all of them wait already, or a model is profiled."""
        queue = self.bench.shown.queue
        new = [each for each in requests if not holds(queue, each)]
        if not new:
            raise UsageError("that is in the queue already; J shows it")
        if self.jobs.running and active(queue) is None:
            raise UsageError(f"{self.bench.shown.activity.doing} is under way; Ctrl+C cancels it")
        self.bench.show_queue(added(queue, new))
        if self.jobs.running:
            self.bench.log(f"queued: {'; '.join(map(names_of, new))}")
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Measure what waits next, and after the last work out the plan.

        Not before: its search would compete with the measurement for the processor.
        """
        queue = self.bench.shown.queue
        entry = next(iter(waiting(queue)), None)
        if entry is None:
            self._plan_anew()
            return
        running = replace(entry, state="measuring", started_at_s=time.monotonic())
        self.bench.show_queue(changed(queue, running))
        self.bench.start("measuring", f"measuring {entry.names} on {entry.request.device}")
        self.jobs.measure(entry.request)

    def _plan_anew(self) -> None:
        """Work out the plan of what is known now, unless that was done."""
        session = self.bench.session
        if session is None or session.facts() is self._planned:
            return
        self._planned, found = session.advice()
        if self._planning is not None:
            self._planning.end()
        self._planning = work_out_plan(self._planned, found, session.goal, self._post)

    def cancel(self) -> bool:
        """Cancel what is under way and what waits; False where there is nothing."""
        if self._export is not None:
            self._export.end()
        if not self.jobs.running:
            return self._export is not None
        self.bench.show_queue(without_waiting(self.bench.shown.queue))
        self.jobs.cancel()
        return True

    def export(self, folder: Path) -> None:
        """Write the audit as it stands now; UsageError while one is being written."""
        session = self.bench.opened()
        if self._export is not None:
            raise UsageError("an export is under way; Ctrl+C cancels it")
        self._export = work_out_export(session, folder, self._post)
        self.bench.exporting()

    def end(self) -> None:
        """Leave no process behind."""
        self.jobs.cancel()
        for search in (self._planning, self._export):
            if search is not None:
                search.end()

    def cancel_one(self, number: int) -> None:
        """Take one entry out of the queue; where it runs, the next one follows."""
        queue = self.bench.shown.queue
        entry = next((each for each in queue if each.number == number and each.is_open), None)
        if entry is None:
            raise UsageError("that is not to be measured any more")
        if entry.state == "measuring":
            self.jobs.cancel()
        else:
            self.bench.show_queue(changed(queue, replace(entry, state="cancelled")))

    def take(self, news: News) -> None:
        match news:
            case Progressed(text=text, fraction=fraction):
                if self.jobs.running:
                    self.bench.progress(text, fraction)
            case Opened() | Measured() | JobFailed():
                self.jobs.ended()
                self._take_result(news)
                self._go_on()
            case ExportGoesOn() | Exported() | ExportFailed():
                self._take_export(news)
            case Faulted(error=error):
                self.bench.log(str(error), "error")
            case Planned(facts=facts, plan=plan, economics=economics):
                there = self.bench.session
                if there is not None and facts is there.facts():
                    self.bench.note_plan(plan, economics)
            case HistoryRead(note=note):
                self.bench.note_history(note)

    def _take_result(self, news: Opened | Measured | JobFailed) -> None:
        match news:
            case Opened(session=session):
                self.bench.open(session)
                # A model of ten thousand operators is there to stay: looking through it for
                # garbage would stop the keys for a tenth of a second again and again.
                gc.freeze()
            case Measured(measurement=measurement):
                self.bench.record(measurement)
                self._read_history()
            case JobFailed(error=error):
                self.bench.fail(error)
                if self.bench.session is None:
                    self.exit_code = error.exit_code

    def _take_export(self, news: ExportGoesOn | Exported | ExportFailed) -> None:
        match news:
            case ExportGoesOn(step=step):
                self.bench.export_goes_on(step)
            case Exported(paths=paths):
                self._export = None
                self.bench.exported(paths)
            case ExportFailed(error=error):
                self._export = None
                self.bench.export_failed(error)
