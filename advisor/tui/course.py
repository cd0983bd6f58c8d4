"""The course of things: which job follows which, and what each one's end means."""

from __future__ import annotations

import gc

from advisor.errors import ExitCode, UsageError
from advisor.history import History
from advisor.measurement.result import ModelRequest
from advisor.session import Options, Session
from advisor.tui.bench import Bench
from advisor.tui.jobs import Jobs, Post
from advisor.tui.messages import (
    HistoryRead,
    JobFailed,
    Measured,
    News,
    Opened,
    Planned,
    Progressed,
)
from advisor.tui.planning import read_history, work_out_plan


class Course:
    """Starts jobs, and takes the news of them on the main thread."""

    def __init__(self, bench: Bench, post: Post, history: History) -> None:
        self.bench = bench
        self.jobs = Jobs(post)
        self.exit_code = ExitCode.DONE
        """Of the whole program: that of the failure where the model was never profiled."""
        self._post = post
        self._history = history

    def begin(self, request: ModelRequest, options: Options, session: Session | None) -> None:
        """Profile the model, unless a session around it is there already."""
        read_history(self._history, self._post)
        if session is not None:
            self.take(Opened(session))
            return
        self.bench.start("profiling", f"profiling {request.reference}")
        self.jobs.open(request, options, self._history)

    def measure(self) -> None:
        """Measure what is switched on; UsageError where that cannot be done now or here."""
        session = self.bench.opened()
        if self.jobs.running:
            raise UsageError("a measurement is under way; Ctrl+C cancels it")
        lacking = session.lacking_for_measurement()
        if lacking:
            raise UsageError("cannot be measured on this machine: " + "; ".join(lacking))
        request = session.measurement_request()
        names = ", ".join(request.choices) or "the baseline alone"
        self.bench.start("measuring", f"measuring {names} on {request.device}")
        self.jobs.measure(request)

    def cancel(self) -> bool:
        """Cancel the profile or measurement under way; False where there is none."""
        if not self.jobs.running:
            return False
        self.jobs.cancel()
        return True

    def take(self, news: News) -> None:
        match news:
            case Progressed(text=text, fraction=fraction):
                if self.jobs.running:
                    self.bench.progress(text, fraction)
            case Opened(session=session):
                self.jobs.ended()
                self.bench.open(session)
                # A model of ten thousand operators is there to stay: looking through it for
                # garbage would stop the keys for a tenth of a second again and again.
                gc.freeze()
                work_out_plan(session.facts(), self._post)
            case Measured(measurement=measurement):
                self.jobs.ended()
                self.bench.record(measurement)
                work_out_plan(self.bench.opened().facts(), self._post)
                read_history(self._history, self._post)
            case JobFailed(error=error):
                self.jobs.ended()
                self.bench.fail(error)
                if self.bench.session is None:
                    self.exit_code = error.exit_code
            case Planned(facts=facts, plan=plan, economics=economics):
                there = self.bench.session
                if there is not None and facts is there.facts():
                    self.bench.note_plan(plan, economics)
            case HistoryRead(note=note):
                self.bench.note_history(note)
