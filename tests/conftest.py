"""Fixtures that several folders of tests use."""

from __future__ import annotations

import os
import signal
import sys

import pytest
from hypothesis import settings

from tests.standin_driver.build import StandinDriver, build, compiler


def pytest_configure() -> None:
    """Let programs that tests start be interrupted: a shell's background jobs ignore the signal.

    No property is about time: a busy machine must not fail one. As many tests run at a time as
    there are cores: a thread more of torch's waits for its turn, spinning.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.register_profile("any machine", deadline=None)
    settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _no_calibration_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What the user keeps of this machine reaches no test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture(scope="session")
def standin_driver(tmp_path_factory: pytest.TempPathFactory) -> StandinDriver:
    """A stand-in NVIDIA driver with two GPUs, for processes started with its `environment`."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the stand-in driver is a Linux shared library")
    if compiler() is None:
        pytest.skip("the stand-in driver needs a C compiler: cc, gcc or clang")
    return build(tmp_path_factory.mktemp("standin-driver"))
