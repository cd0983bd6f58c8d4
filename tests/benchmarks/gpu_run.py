"""Cases of the GPU benchmark, each in a process of its own, until the time is up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from tests.benchmarks.gpu_cases import Case
from tests.benchmarks.gpu_found import Found, Order

ROOT = Path(__file__).parents[2]
NO_TIME = "not run: the minutes were up"
_LEAST_S = 15.0
"""Of a case, from its order to its result; with less time left it is not begun."""
_LAST_WORDS = 300


class Child:
    """A process that has its imports behind it, or is at them, and waits for one order."""

    def __init__(self, program: Sequence[str] = ("-m", "tests.benchmarks.gpu_child")) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._result = Path(self._folder.name) / "found.json"
        self._errors = Path(self._folder.name) / "stderr"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, *program, str(self._result)],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=errors, stderr=errors,
                start_new_session=True,
            )  # fmt: skip

    def measure(self, order: Order, limit_s: float) -> Found:
        """Ends the process, whatever becomes of it; the cause of a failure is in the result."""
        started = time.monotonic()
        try:
            self._process.communicate(msgspec.json.encode(order) + b"\n", timeout=limit_s)
        except subprocess.TimeoutExpired:
            self.end()
            return Found(cause=f"took longer than {limit_s:.0f} s", elapsed_s=limit_s)
        if self._result.is_file():
            return msgspec.json.decode(self._result.read_bytes(), type=Found)
        cause = f"ended with {self._process.returncode}: {self._last_words()}"
        return Found(cause=cause, elapsed_s=time.monotonic() - started)

    def end(self) -> None:
        """Kill it and what it started, if it still runs, and take its folder away."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
        self._folder.cleanup()

    def _last_words(self) -> str:
        return " ".join(self._errors.read_text(errors="replace").split())[-_LAST_WORDS:]


def run_cases(
    cases: Sequence[Case],
    device: str,
    repeats: int,
    ends_at: float,
    say: Callable[[str], None],
    start: Callable[[], Child] = Child,
) -> Iterator[tuple[Case, Found]]:
    """Each case with what was found, or why nothing was; `ends_at` is a `time.monotonic` time.

    The process of the next case is started while one is measured: imports take seconds.
    """
    waiting: Child | None = None
    try:
        for index, case in enumerate(cases):
            left_s = ends_at - time.monotonic()
            if left_s < _LEAST_S:
                yield case, Found(cause=NO_TIME)
                continue
            child = waiting or start()
            waiting = start() if index + 1 < len(cases) else None
            choices = tuple(case.strategies.split(",")) if case.strategies else ()
            order = Order(case.request, case.kind, choices, device, repeats)
            found = child.measure(order, min(case.limit_s, left_s))
            child.end()
            say(f"{case.name}: {found.cause or 'measured'} ({found.elapsed_s:.0f} s)")
            yield case, found
    finally:
        if waiting is not None:
            waiting.end()
