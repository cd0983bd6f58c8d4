"""The course of things: which job follows which, and what each one's end means."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import replace

from advisor.advice.rule import Facts
from advisor.errors import ExitCode, UsageError
from advisor.history import History
from advisor.measurement.result import ModelRequest
from advisor.session import Options, Session
from advisor.tui.bench import Bench
from advisor.tui.jobs import Jobs, Post
from advisor.tui.messages import (
    Faulted,
    HistoryRead,
    JobFailed,
    Measured,
    News,
    Opened,
    Planned,
    Progressed,
)
from advisor.tui.planning import read_history, work_out_plan
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


class Course:
    """Starts jobs, and takes the news of them on the main thread."""

    def __init__(self, bench: Bench, post: Post, history: History) -> None:
        self.bench = bench
        self.jobs = Jobs(post)
        self.exit_code = ExitCode.DONE
        """Of the whole program: that of the failure where the model was never profiled."""
        self._post = post
        self._history = history
        self._planned: Facts | None = None

    def begin(self, request: ModelRequest, options: Options, session: Session | None) -> None:
        """Profile the model, unless a session around it is there already."""
        read_history(self._history, self._post)
        if session is not None:
            self.take(Opened(session))
            return
        self.bench.start("profiling", f"profiling {request.reference}")
        self.jobs.open(request, options, self._history)

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
        work_out_plan(self._planned, found, session.goal, self._post)

    def cancel(self) -> bool:
        """Cancel what is under way and what waits; False where there is nothing."""
        if not self.jobs.running:
            return False
        self.bench.show_queue(without_waiting(self.bench.shown.queue))
        self.jobs.cancel()
        return True

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
                read_history(self._history, self._post)
            case JobFailed(error=error):
                self.bench.fail(error)
                if self.bench.session is None:
                    self.exit_code = error.exit_code
