"""The screen in a process of its own on a pseudo-terminal, as a user's terminal holds it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import advisor

ROOT = Path(advisor.__file__).parents[1]
RUN = """
import sys
from advisor.measurement.result import ModelRequest
from advisor.session_options import Options
from advisor.tui.app import run
code = run(ModelRequest(sys.argv[1]), Options(hardware=sys.argv[2] or None))
assert "torch" not in sys.modules, "torch was imported into the screen's process"
sys.exit(code)
"""
LIMIT_S = 40.0


def _without_size(environment: Mapping[str, str]) -> dict[str, str]:
    """The size is the terminal's own, whatever terminal the tests run in."""
    return {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}


class Terminal:
    """The screen of one model; no `hardware` leaves it to find this machine's own."""

    def __init__(
        self, reference: str, environment: Mapping[str, str], columns: int = 80, lines: int = 24,
        hardware: str = "cpu-2vcpu", limit_s: float = LIMIT_S,
        program: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        """With `program`, these words of Python are run in place of the screen of `reference`."""
        self._limit_s = limit_s
        self.descriptor, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, *(program or ("-c", RUN, reference, hardware))], stdin=inner,
            stdout=inner, stderr=inner, start_new_session=True,
            env={"TERM": "xterm-256color", **_without_size(environment), "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        os.close(inner)
        self.output = b""

    def read(self, wait_s: float = 0.1) -> bool:
        """Take in what is there; False where the other side is closed."""
        if not select.select([self.descriptor], [], [], wait_s)[0]:
            return True
        try:
            found = os.read(self.descriptor, 65536)
        except OSError:  # Linux says so where the last process of the terminal has ended
            return False
        self.output += found
        return bool(found)

    def wait_for(self, text: bytes) -> None:
        deadline = time.monotonic() + self._limit_s
        while text not in self.output:
            assert time.monotonic() < deadline, self.output[-2000:]
            assert self.read(), self.output[-2000:]

    def settle(self, quiet_s: float = 1.0) -> None:
        """Read until nothing more comes for `quiet_s`."""
        length = -1
        while length != len(self.output):
            length = len(self.output)
            self.read(quiet_s)

    def press(self, *keys: bytes) -> None:
        """One key after another, with time to paint what each changes; then `settle`."""
        for key in keys:
            os.write(self.descriptor, key)
            self.settle(0.2)
        self.settle()

    def bytes_for(self, keys: bytes) -> int:
        """How much is sent for `keys`."""
        before = len(self.output)
        os.write(self.descriptor, keys)
        self.settle()
        return len(self.output) - before

    def resize(self, columns: int, lines: int) -> None:
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, size)

    def end(self) -> int:
        deadline = time.monotonic() + self._limit_s
        while self.read() and self.process.poll() is None:
            assert time.monotonic() < deadline, self.output[-2000:]
        while self.read(0.0) and select.select([self.descriptor], [], [], 0.0)[0]:
            pass
        return self.process.wait(timeout=5)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.descriptor)
