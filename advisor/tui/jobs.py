"""Worker processes of the screen, one at a time, each followed by a thread that posts messages."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from advisor.errors import AdvisorError, CancelledError, UsageError
from advisor.tui.messages import JobFailed, Measured, Opened, Progressed, Refused

if TYPE_CHECKING:
    from advisor.history import History
    from advisor.measurement.process import Job
    from advisor.measurement.protocol import Request, Result
    from advisor.measurement.result import ModelRequest
    from advisor.session_options import Options
    from advisor.tui.loading import Loading
    from advisor.tui.queue import Asked

Post = Callable[[Message], object]
JOB_THREAD = "job"


class _Run:
    """A job from the moment that it is asked for: it may be cancelled before its worker starts."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._is_cancelled = False

    def start(self) -> Job:
        """Raises CancelledError where it was cancelled already, and OSError."""
        from advisor.measurement.process import Job

        with self._lock:
            if self._is_cancelled:
                raise CancelledError("cancelled")
            self._job = Job(self._request)
            return self._job

    def cancel(self) -> None:
        with self._lock:
            self._is_cancelled = True
            job = self._job
        if job is not None:
            job.cancel()


class Jobs:
    """Starts and cancels; what comes of a job is posted."""

    def __init__(self, post: Post, loading: Loading) -> None:
        self._post = post
        self._loading = loading
        self._run: _Run | None = None

    @property
    def running(self) -> bool:
        return self._run is not None

    def open(self, request: ModelRequest, options: Options, history: Callable[[], History]) -> None:
        """Profile the model and set up a session; posts Opened, Refused or JobFailed.

        `history` is asked for once all is imported.
        """

        def checked() -> None:
            self._loading.wait()
            from advisor.session import check_options

            check_options(options)

        def opened(result: Result) -> Message:
            from advisor.measurement.protocol import ProfileReady
            from advisor.session import session_for

            assert isinstance(result, ProfileReady)
            session = session_for(result.profile, request, options, history())
            # A history that cannot be read is said where its error is read for the header.
            with contextlib.suppress(AdvisorError):
                session.recall()
            session.snapshot()  # what the first one works out is kept: keys do not wait for it
            return Opened(session)

        self._start(request, opened, checked)

    def measure(self, request: Asked) -> None:
        """Posts Measured or JobFailed."""

        def measured(result: Result) -> Message:
            from advisor.measurement.protocol import MeasurementReady, TrainingReady

            assert isinstance(result, MeasurementReady | TrainingReady)
            return Measured(result.measurement)

        self._start(request, measured)

    def cancel(self) -> None:
        """End the worker process, if there is one; JobFailed with CancelledError follows."""
        if self._run is not None:
            self._run.cancel()

    def ended(self) -> None:
        """To be called by the handler of the job's last message."""
        self._run = None

    def _start(
        self, request: Request, finish: Callable[[Result], Message],
        check: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """`check` is called while the worker runs; a UsageError of it ends the worker."""
        assert self._run is None, "one worker process at a time"
        run = self._run = _Run(request)

        def follow() -> None:
            self._post(self._followed(run, finish, check))

        threading.Thread(target=follow, name=JOB_THREAD, daemon=True).start()

    def _followed(
        self, run: _Run, finish: Callable[[Result], Message], check: Callable[[], None]
    ) -> Message:
        def report(text: str, fraction: float) -> None:
            self._post(Progressed(text, fraction))

        try:
            with run.start() as job:
                try:
                    check()
                except UsageError as error:
                    return Refused(error)
                return finish(job.result(report))
        except (AdvisorError, OSError) as error:
            return JobFailed(_explained(error))


def _explained(error: AdvisorError | OSError) -> AdvisorError:
    """A worker that the system would not start is no fault of the program either."""
    return error if isinstance(error, AdvisorError) else AdvisorError(f"no worker: {error}")
