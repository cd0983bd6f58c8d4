"""Worker processes of the screen, one at a time, each followed by a thread that posts messages."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from textual.message import Message

from advisor.errors import AdvisorError
from advisor.history import History
from advisor.measurement.process import Job
from advisor.measurement.protocol import (
    MeasurementReady,
    ProfileReady,
    Request,
    Result,
    TrainingReady,
)
from advisor.measurement.result import ModelRequest
from advisor.session import Options, session_for
from advisor.tui.messages import JobFailed, Measured, Opened, Progressed
from advisor.tui.queue import Asked

Post = Callable[[Message], object]
JOB_THREAD = "job"


class Jobs:
    """Starts and cancels; what comes of a job is posted."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._job: Job | None = None

    @property
    def running(self) -> bool:
        return self._job is not None

    def open(self, request: ModelRequest, options: Options, history: History) -> None:
        """Profile the model and set up a session; posts Opened or JobFailed."""

        def opened(result: Result) -> Message:
            assert isinstance(result, ProfileReady)
            session = session_for(result.profile, request, options, history)
            # A history that cannot be read is said where its error is read for the header.
            with contextlib.suppress(AdvisorError):
                session.recall()
            session.snapshot()  # what the first one works out is kept: keys do not wait for it
            return Opened(session)

        self._start(request, opened)

    def measure(self, request: Asked) -> None:
        """Posts Measured or JobFailed."""

        def measured(result: Result) -> Message:
            assert isinstance(result, MeasurementReady | TrainingReady)
            return Measured(result.measurement)

        self._start(request, measured)

    def cancel(self) -> None:
        """End the worker process, if there is one; JobFailed with CancelledError follows."""
        if self._job is not None:
            self._job.cancel()

    def ended(self) -> None:
        """To be called by the handler of the job's last message."""
        self._job = None

    def _start(self, request: Request, finish: Callable[[Result], Message]) -> None:
        assert self._job is None, "one worker process at a time"
        try:
            self._job = Job(request)
        except (AdvisorError, OSError) as error:
            self._post(JobFailed(_explained(error)))
            return
        arguments = (self._job, finish)
        threading.Thread(target=self._follow, args=arguments, name=JOB_THREAD, daemon=True).start()

    def _follow(self, job: Job, finish: Callable[[Result], Message]) -> None:
        def report(text: str, fraction: float) -> None:
            self._post(Progressed(text, fraction))

        try:
            with job:
                message = finish(job.result(report))
        except (AdvisorError, OSError) as error:
            message = JobFailed(_explained(error))
        self._post(message)


def _explained(error: AdvisorError | OSError) -> AdvisorError:
    """A worker that the system would not start is no fault of the program either."""
    return error if isinstance(error, AdvisorError) else AdvisorError(f"no worker: {error}")
