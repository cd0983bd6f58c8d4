"""The parent's side: start a worker, follow it, cancel it. Imports no torch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TypeVar

from advisor.errors import CancelledError, MeasurementError, UsageError
from advisor.measurement.calibration.result import CalibrationRequest, CalibrationResult
from advisor.measurement.child import Child
from advisor.measurement.distributed.result import DistributedMeasurement, DistributedRequest
from advisor.measurement.failure import to_error
from advisor.measurement.progress import Report
from advisor.measurement.protocol import (
    CalibrationReady,
    DistributedReady,
    Failed,
    MeasurementReady,
    Message,
    ProfileReady,
    Progress,
    ProtocolError,
    Request,
    Result,
    SensitivityReady,
    TrainingReady,
    decode_message,
    encode,
)
from advisor.measurement.result import Measurement, MeasurementRequest, ModelRequest
from advisor.measurement.sensitivity import Sensitivity, SensitivityRequest
from advisor.measurement.training_result import TrainingMeasurement, TrainingRequest
from advisor.profiling.profile import ModelProfile


class _Expiry:
    """Ends a job that takes too long; nothing where `limit_s` is None."""

    def __init__(self, job: Job, limit_s: float | None, doing: Callable[[], str]) -> None:
        self._job, self._limit_s, self._doing = job, limit_s, doing
        self._timer = None if limit_s is None else threading.Timer(limit_s, self._end)
        self._has_come = False

    def __enter__(self) -> None:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._has_come and isinstance(error, CancelledError):
            raise MeasurementError(
                f"ended after {self._limit_s:g} s, the limit, while {self._doing()}"
            ) from error

    def _end(self) -> None:
        self._has_come = True
        self._job.cancel()


class Job:
    """One request in one worker, which runs from the moment that the job is made.

    One thread takes `messages()`; any other may `cancel()`. As a context manager it leaves no
    process behind.
    """

    def __init__(self, request: Request) -> None:
        self._cancelled = threading.Event()
        self._child = Child(_encoded(request))

    def __enter__(self) -> Job:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.end()

    @property
    def process_group(self) -> int:
        """Id of the worker's process group, for who watches it from outside."""
        return self._child.pid

    def messages(self) -> Iterator[Message]:
        """Messages as they come; the last is a result or `Failed`, and the worker is ended.

        Leaving the iteration early ends the worker too.
        Raises CancelledError where the job was cancelled before that, and MeasurementError that
        says why where the worker ended without a result.
        """
        try:
            for line in self._child.lines():
                message = self._decode(line)
                yield message
                if not isinstance(message, Progress):
                    return
        finally:
            self._child.end()
        self._raise_if_cancelled()
        raise MeasurementError(f"the worker ended without a result: {self._child.cause_of_end()}")

    def result(self, on_progress: Report, limit_s: float | None = None) -> Result:
        """Follow the job to its end, and raise what the worker raised, as `messages` does else.

        Raises MeasurementError that names what it was doing where `limit_s` goes by first.
        """
        doing = "starting"
        with _Expiry(self, limit_s, lambda: doing):
            for message in self.messages():
                if isinstance(message, Progress):
                    doing = message.text
                    on_progress(message.text, message.fraction)
                elif isinstance(message, Failed):
                    raise to_error(message)
                else:
                    return message
        raise AssertionError("messages end with a result, or raise")

    def cancel(self) -> None:
        """End the worker and all that it started; returns when it has, in less than a second."""
        self._cancelled.set()
        self._child.end()

    def _decode(self, line: bytes) -> Message:
        self._raise_if_cancelled()
        try:
            return decode_message(line)
        except ProtocolError as error:
            raise MeasurementError(f"the worker sent a line that is no message: {error}") from error

    def _raise_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise CancelledError("cancelled")


_Ready = TypeVar("_Ready")


def _answer(
    request: Request, kind: type[_Ready], on_progress: Report, limit_s: float | None = None
) -> _Ready:
    """What a worker answers; raises the error that it raised, and where it takes longer."""
    with Job(request) as job:
        result = job.result(on_progress, limit_s)
    assert isinstance(result, kind)
    return result


def run_profile(request: ModelRequest, on_progress: Report) -> ModelProfile:
    """Load and profile in a worker; raises the error that the worker raised."""
    return _answer(request, ProfileReady, on_progress).profile


def run_measurement(
    request: MeasurementRequest, on_progress: Report, limit_s: float | None = None
) -> Measurement:
    """Measure in a worker; raises the error that the worker raised, and where it takes longer."""
    return _answer(request, MeasurementReady, on_progress, limit_s).measurement


def run_sensitivity(
    request: SensitivityRequest, on_progress: Report, limit_s: float | None = None
) -> Sensitivity:
    """Score layer by layer in a worker; raises the error that the worker raised."""
    return _answer(request, SensitivityReady, on_progress, limit_s).found


def run_training(
    request: TrainingRequest, on_progress: Report, limit_s: float | None = None
) -> TrainingMeasurement:
    """Train in a worker; raises the error that the worker raised, and where it takes longer."""
    return _answer(request, TrainingReady, on_progress, limit_s).measurement


def run_distributed(
    request: DistributedRequest, on_progress: Report, limit_s: float | None = None
) -> DistributedMeasurement:
    """Train in several processes below a worker, and in one beside them; raises as the others."""
    return _answer(request, DistributedReady, on_progress, limit_s).measurement


def run_calibration(request: CalibrationRequest, on_progress: Report) -> CalibrationResult:
    """Calibrate in a worker; raises the error that the worker raised."""
    return _answer(request, CalibrationReady, on_progress).calibrated


def _encoded(request: Request) -> bytes:
    try:
        return encode(request)
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{error.object!r}: not valid Unicode, so no worker can be told"
        ) from error
