"""Read devices and host once, or again and again in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from advisor.telemetry.deadline import Driver, WatchedDriver
from advisor.telemetry.host import HostReader
from advisor.telemetry.last_known import with_last_known
from advisor.telemetry.nvml import NvmlDriver
from advisor.telemetry.reading import Telemetry


def sample(driver_limit_s: float = 2.0) -> Telemetry:
    """Read once. A driver that does not answer within `driver_limit_s` is stated as the problem."""
    driver = WatchedDriver(NvmlDriver(), driver_limit_s)
    try:
        return _read(driver, HostReader())
    finally:
        driver.close()


def _read(driver: WatchedDriver, host: HostReader) -> Telemetry:
    reading = driver.read()
    return Telemetry(
        taken_at_s=time.monotonic(),
        devices=reading.devices,
        host=host.read(),
        driver_version=reading.driver_version,
        problem=reading.problem,
    )


class Sampler:
    """Calls `deliver` with a new `Telemetry` every `interval_s`, from a thread of its own.

    Reading the driver more often than every second or two slows the jobs on the device. The
    thread is a daemon and never keeps the process from ending. An exception from `deliver` ends
    it, by way of `threading.excepthook`. Raises ValueError for an interval that is not positive.
    """

    def __init__(
        self,
        deliver: Callable[[Telemetry], None],
        interval_s: float = 2.0,
        driver_limit_s: float = 2.0,
        driver: Driver | None = None,
    ) -> None:
        if interval_s <= 0:
            raise ValueError(f"interval_s is {interval_s}; it must be greater than 0")
        self._deliver = deliver
        self._interval_s = interval_s
        self._driver = WatchedDriver(driver or NvmlDriver(), driver_limit_s)
        self._running = threading.Event()
        self._running.set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)

    def start(self) -> None:
        """Begin sampling, with a first reading at once. A sampler starts only once."""
        self._thread.start()

    def pause(self) -> None:
        """Read and deliver nothing until `resume`; a delivery under way may still finish."""
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    def stop(self) -> None:
        """End sampling. Returns at once; a delivery under way may still finish."""
        self._stopped.set()
        self._running.set()  # wakes a paused thread, so that it can end

    def _run(self) -> None:
        host = HostReader()
        latest: Telemetry | None = None
        while self._running.wait() and not self._stopped.is_set():
            latest = with_last_known(_read(self._driver, host), latest)
            if self._running.is_set() and not self._stopped.is_set():
                self._deliver(latest)
            self._stopped.wait(self._interval_s)
        self._driver.close()


def series(
    duration_s: float,
    interval_s: float,
    driver: Driver | None = None,
    driver_limit_s: float = 2.0,
) -> Iterator[Telemetry]:
    """Read now and every `interval_s` until `duration_s` is over, in the caller's thread."""
    watched = WatchedDriver(driver or NvmlDriver(), driver_limit_s)
    host = HostReader()
    end_s = time.monotonic() + duration_s
    try:
        while True:
            started_s = time.monotonic()
            yield _read(watched, host)
            next_s = started_s + interval_s
            if next_s > end_s:
                return
            time.sleep(max(0.0, next_s - time.monotonic()))
    finally:
        watched.close()
