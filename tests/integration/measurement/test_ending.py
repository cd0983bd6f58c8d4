"""A worker that is cancelled, killed or left by its parent leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from advisor.errors import CancelledError, MeasurementError
from advisor.measurement.process import Job, run_measurement
from tests.integration.measurement.conftest import WriteModel
from tests.integration.measurement.workers import (
    HANGING,
    ROOT,
    alive_in,
    measurement,
    silent,
    started,
    wait_until,
)

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks for processes in /proc"
)


def test_worker_killed_from_outside_is_noticed(write_model: WriteModel) -> None:
    with Job(measurement(write_model(HANGING))) as job:
        rest = started(job, "warming up")
        os.killpg(job.process_group, signal.SIGKILL)
        with pytest.raises(MeasurementError, match="killed by SIGKILL"):
            next(rest)


def test_hanging_forward_is_cancelled_from_another_thread(write_model: WriteModel) -> None:
    job = Job(measurement(write_model(HANGING)))
    rest = started(job, "warming up")
    caught: list[BaseException] = []

    def follow() -> None:
        try:
            next(rest)
        except CancelledError as error:
            caught.append(error)

    follower = threading.Thread(target=follow)
    follower.start()
    began = time.monotonic()
    job.cancel()
    assert time.monotonic() - began < 1
    assert wait_until(lambda: alive_in(job.process_group) == 0, limit_s=2)
    follower.join(1)
    assert [error.exit_code for error in caught if isinstance(error, CancelledError)] == [130]
    job.cancel()  # once more does no harm


def test_cancel_ends_what_ignores_it_and_what_it_started(write_model: WriteModel) -> None:
    reference = write_model(
        """
        def build():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            subprocess.Popen(["sleep", "600"])
            os.fork()  # a copy that holds the pipes of the protocol
            time.sleep(600)
        """
    )
    with Job(measurement(reference)) as job:
        assert wait_until(lambda: alive_in(job.process_group) == 3, limit_s=30)
        began = time.monotonic()
        job.cancel()
        assert time.monotonic() - began < 1
        assert wait_until(lambda: alive_in(job.process_group) == 0, limit_s=2)


def test_job_left_early_leaves_no_process(write_model: WriteModel) -> None:
    with Job(measurement(write_model(HANGING))) as job:
        started(job, "loading")
    assert wait_until(lambda: alive_in(job.process_group) == 0, limit_s=2)


INTERRUPTED_WHILE_WAITING = (
    "import signal, threading\n"
    "threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
    "next(messages)"
)


@pytest.mark.parametrize(
    "end", ["os.kill(os.getpid(), 9)", "sys.exit(0)", INTERRUPTED_WHILE_WAITING]
)
def test_worker_ends_with_its_parent(write_model: WriteModel, end: str) -> None:
    script = (
        "import os, sys\n"
        "from advisor.measurement.process import Job\n"
        "from advisor.measurement.result import MeasurementRequest, ModelRequest\n"
        f"job = Job(MeasurementRequest(ModelRequest({write_model(HANGING)!r}), (), 1))\n"
        "messages = job.messages()\n"
        "while not next(messages).text.startswith('warming up'): pass\n"
        f"print(job.process_group, flush=True)\n{end}\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False, timeout=60
    )
    group = int(parent.stdout)
    assert wait_until(lambda: alive_in(group) == 0, limit_s=2)


def test_what_a_dead_worker_started_does_not_outlive_it(write_model: WriteModel) -> None:
    reference = write_model(
        """
        def build():
            subprocess.Popen(["sleep", "600"])
            os._exit(7)
        """
    )
    with Job(measurement(reference)) as job:
        with pytest.raises(MeasurementError, match="exit code 7"):
            list(job.messages())
        assert wait_until(lambda: alive_in(job.process_group) == 0, limit_s=2)


def test_a_limit_ends_what_hangs_and_says_what_it_was_doing(write_model: WriteModel) -> None:
    reference = write_model(HANGING)
    with pytest.raises(MeasurementError, match=r"ended after .* the limit, while warming up") as up:
        run_measurement(measurement(reference), silent, limit_s=12.0)
    assert up.value.exit_code == 3


def test_an_evaluation_that_takes_forever_is_ended(write_model: WriteModel) -> None:
    reference = write_model(
        """
        from advisor.models.loaded import Evaluation, LoadedModel

        def forever(module):
            time.sleep(600)

        def build():
            score = Evaluation("accuracy", True, forever)
            return LoadedModel("", Mlp(), (INPUTS,), evaluation=score)
        """
    )
    with pytest.raises(MeasurementError, match="while scoring"):
        run_measurement(measurement(reference), silent, limit_s=15.0)
