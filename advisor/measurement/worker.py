"""The worker: one request on standard input, messages on standard output, then it ends.

`python -m advisor.measurement.worker` runs it by hand.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
import time
from typing import BinaryIO

from advisor.errors import UsageError
from advisor.measurement.calibration.result import CalibrationRequest
from advisor.measurement.distributed.result import DistributedRequest
from advisor.measurement.failure import to_message
from advisor.measurement.progress import Report
from advisor.measurement.protocol import (
    Progress,
    ProtocolError,
    Request,
    Result,
    decode_request,
    encode,
)
from advisor.measurement.result import ModelRequest
from advisor.measurement.sensitivity import SensitivityRequest
from advisor.measurement.training_result import TrainingRequest

_PARENT_CHECK_S = 0.5


class Channel:
    """The way back to the parent; messages may be sent from any thread."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, line: bytes) -> None:
        with self._lock:
            self._stream.write(line)
            self._stream.flush()

    def report(self, text: str, fraction: float) -> None:
        self.send(encode(Progress(text, fraction)))


def take_standard_streams() -> tuple[BinaryIO, Channel]:
    """Keep the pipes of the protocol to ourselves: request and way back.

    Afterwards descriptor 0 is empty and 1 is the error stream, so whatever user code or a C++
    library reads or prints, by Python or by descriptor, cannot touch the protocol.
    """
    request = os.fdopen(os.dup(0), "rb")
    answer = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return request, Channel(answer)


def end_with_parent() -> None:
    """End this process group when the parent is gone, even if it was killed outright.

    A thread polls, because the kernel's own signal for it (PR_SET_PDEATHSIG) fires when the
    thread that started the worker ends, and a screen starts workers from threads that end.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_CHECK_S)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def perform(request: Request, report: Report) -> Result:
    """Do the job. The modules that import torch load only here, after the pipes are safe."""
    report("loading PyTorch", 0.0)
    if isinstance(request, ModelRequest):
        from advisor.measurement import profile_job

        return profile_job.run(request, report)
    if isinstance(request, CalibrationRequest):
        from advisor.measurement.calibration import job

        return job.run(request, report)
    if isinstance(request, TrainingRequest):
        from advisor.measurement import train_job

        return train_job.run(request, report)
    if isinstance(request, SensitivityRequest):
        from advisor.measurement import sensitivity_job

        return sensitivity_job.run(request, report)
    if isinstance(request, DistributedRequest):
        from advisor.measurement.distributed import job as distributed_job

        return distributed_job.run(request, report)
    from advisor.measurement import measure_job

    return measure_job.run(request, report)


def main() -> None:
    stream, channel = take_standard_streams()
    with stream:
        line = stream.readline()
    faulthandler.enable()
    if os.getpgrp() == os.getpid():
        end_with_parent()
    try:
        final = encode(perform(_request(line), channel.report))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the process boundary: user code and libraries raise anything, and the parent is told all of it
        final = encode(to_message(error))
    channel.send(final)
    sys.stdout.flush()


def _request(line: bytes) -> Request:
    try:
        return decode_request(line)
    except ProtocolError as error:
        raise UsageError(f"standard input: not a request: {error}") from error


if __name__ == "__main__":
    main()
