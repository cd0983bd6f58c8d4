from __future__ import annotations

import threading
import time

import pytest

from advisor.telemetry.deadline import WatchedDriver
from advisor.telemetry.reading import DeviceReading, DriverReading

ANSWER = DriverReading((DeviceReading(0, name="A"),), "1.0")


class GatedDriver:
    """Answers at once while its gate is open, and hangs while it is closed."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.reads = 0
        self.closed = 0

    def read(self) -> DriverReading:
        self.reads += 1
        self.gate.wait(30)
        return ANSWER

    def close(self) -> None:
        self.closed += 1


class BrokenDriver(GatedDriver):
    def read(self) -> DriverReading:
        raise ZeroDivisionError("a fault of ours")


def test_answer_in_time_is_returned_as_it_is() -> None:
    driver = GatedDriver()
    driver.gate.set()
    assert WatchedDriver(driver).read() is ANSWER


def test_silence_ends_at_the_limit_and_says_how_long() -> None:
    driver = GatedDriver()
    watched = WatchedDriver(driver, limit_s=0.2)
    started_s = time.monotonic()
    reading = watched.read()
    assert 0.15 < time.monotonic() - started_s < 1.5
    assert reading == DriverReading(problem="the NVIDIA driver has not answered for 0 s")
    driver.gate.set()


def test_hanging_driver_is_neither_called_nor_waited_for_again() -> None:
    driver = GatedDriver()
    watched = WatchedDriver(driver, limit_s=0.5)
    watched.read()
    started_s = time.monotonic()
    for _ in range(5):
        assert watched.read().problem is not None
    watched.close()
    assert time.monotonic() - started_s < 0.4
    assert (driver.reads, driver.closed) == (1, 0)
    driver.gate.set()


def test_late_answer_is_dropped_and_asked_for_anew() -> None:
    driver = GatedDriver()
    watched = WatchedDriver(driver, limit_s=0.05)
    assert watched.read().problem is not None
    driver.gate.set()
    deadline_s = time.monotonic() + 5
    while watched.read() is not ANSWER:
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    assert driver.reads == 2


def test_fault_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        WatchedDriver(BrokenDriver()).read()


def test_close_ends_the_session() -> None:
    driver = GatedDriver()
    WatchedDriver(driver).close()
    assert driver.closed == 1
