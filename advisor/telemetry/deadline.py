"""Ask a driver that may hang, and go on without it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Protocol, TypeVar

from advisor.telemetry.reading import DriverReading

Answer = TypeVar("Answer")


class Driver(Protocol):
    """What `WatchedDriver` watches; `advisor.telemetry.nvml.NvmlDriver` is one."""

    def read(self) -> DriverReading: ...

    def close(self) -> None: ...


class WatchedDriver:
    """A driver whose every call is made in a thread of its own and waited for `limit_s` at most.

    A call that hangs in the kernel cannot be ended, so its thread is a daemon: it does not keep
    the process alive. Until it returns the driver is not called again.
    """

    def __init__(self, driver: Driver, limit_s: float = 2.0) -> None:
        self._driver = driver
        self._limit_s = limit_s
        self._pending: Future[DriverReading] | None = None
        self._asked_at_s = 0.0

    def read(self) -> DriverReading:
        """Return the driver's answer, or a reading whose `problem` says that it hangs.

        Returns at once while an earlier call still hangs. The answer to that call is dropped when
        it comes, since it may be of any age.
        """
        if self._hangs():
            return self._silence()
        self._asked_at_s = time.monotonic()
        self._pending = _in_thread(self._driver.read)
        try:
            return self._pending.result(self._limit_s)
        except FutureTimeoutError:
            return self._silence()

    def close(self) -> None:
        """End the driver's session, unless it hangs: then there is none to end."""
        if self._hangs():
            return
        try:
            _in_thread(self._driver.close).result(self._limit_s)
        except FutureTimeoutError:
            return  # the process does not wait for the thread

    def _hangs(self) -> bool:
        return self._pending is not None and not self._pending.done()

    def _silence(self) -> DriverReading:
        silent_s = time.monotonic() - self._asked_at_s
        return DriverReading(problem=f"the NVIDIA driver has not answered for {silent_s:.0f} s")


def _in_thread(call: Callable[[], Answer]) -> Future[Answer]:
    future: Future[Answer] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            future.set_exception(error)

    threading.Thread(target=run, name="driver-call", daemon=True).start()
    return future
