"""A program on a pseudo-terminal, and what it costs there: time, bytes, memory."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

_ESCAPES = re.compile(rb"\x1b\[[\d;?<>=]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b\][^\x07]*\x07|\x1b.")
_NOT_ITS_OWN = frozenset({"COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE", "NO_COLOR", "TMUX"})
"""What the surroundings of the benchmark say that a user's would not."""
FIRST_CHARACTERS, WHOLE_CHARACTERS = 20, 200
"""So many that show are the first paint, and a whole screen."""


class Probe:
    """The program of `words` at `columns` × `lines` in true colour, drawing as for a user."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], columns: int = 120,
        lines: int = 40,
    ) -> None:  # fmt: skip
        self.descriptor, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        kept = {key: value for key, value in os.environ.items() if key not in _NOT_ITS_OWN}
        look = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.started_s = time.monotonic()
        self.process = subprocess.Popen(
            words, stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
            env={**kept, **look, **environment},
        )  # fmt: skip
        os.close(inner)
        self.output = b""
        self.last_s = self.started_s

    def read(self, wait_s: float = 0.05) -> bool:
        """Take in what comes within `wait_s`; False where nothing did."""
        if not select.select([self.descriptor], [], [], wait_s)[0]:
            return False
        try:
            found = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.last_s = time.monotonic()
        self.output += found
        return bool(found)

    def until(self, holds: Callable[[], bool], limit_s: float = 60.0) -> float:
        """Seconds from the start until `holds`; TimeoutError where it does not come to that."""
        deadline_s = time.monotonic() + limit_s
        while not holds():
            self.read(0.01)
            if time.monotonic() > deadline_s:
                raise TimeoutError(self.output[-500:].decode(errors="replace"))
        return time.monotonic() - self.started_s

    def first_paint_s(self) -> float:
        """Seconds to the first words."""
        return self.until(lambda: _characters(self.output) >= FIRST_CHARACTERS)

    def whole_paint_s(self) -> float:
        """Seconds to a screen full of them, that takes keys."""
        return self.until(lambda: _characters(self.output) >= WHOLE_CHARACTERS)

    def wait_for(self, text: bytes, limit_s: float = 60.0) -> float:
        return self.until(lambda: text in self.output, limit_s)

    def settle(self, quiet_s: float = 0.5, limit_s: float = 20.0) -> None:
        """Read until nothing came for `quiet_s`."""
        deadline_s = time.monotonic() + limit_s
        while self.read(quiet_s) and time.monotonic() < deadline_s:
            pass

    def press(self, keys: bytes, quiet_s: float = 0.25) -> tuple[int, float, float]:
        """Bytes sent for `keys`, and seconds to the first and the last of them."""
        before, pressed_s = len(self.output), time.monotonic()
        os.write(self.descriptor, keys)
        first_s = 0.0
        self.last_s = pressed_s
        while True:
            came = self.read(quiet_s if first_s else 2.0)
            if not came:
                break
            first_s = first_s or time.monotonic() - pressed_s
        return len(self.output) - before, first_s, self.last_s - pressed_s

    def bytes_in(self, seconds: float) -> int:
        before, deadline_s = len(self.output), time.monotonic() + seconds
        while (left := deadline_s - time.monotonic()) > 0:
            self.read(left)
        return len(self.output) - before

    @property
    def rss_mib(self) -> float:
        return float(psutil.Process(self.process.pid).memory_info().rss / 2**20)

    def children(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def end(self, number: signal.Signals | None = None, keys: bytes = b"") -> tuple[int, float]:
        """Exit code and seconds until the program has ended, after a signal or keys."""
        asked_s = time.monotonic()
        if number is not None:
            self.process.send_signal(number)
        elif keys:
            os.write(self.descriptor, keys)
        while self.process.poll() is None and time.monotonic() - asked_s < 20:
            self.read(0.01)
        return self.process.wait(timeout=1), time.monotonic() - asked_s

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.descriptor)


def _characters(output: bytes) -> int:
    return len(b"".join(_ESCAPES.sub(b"", output).split()))


def evict(folders: Sequence[Path]) -> None:
    """Let go of the cached pages of all files below, as far as nobody has them mapped."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in {".py", ".pyc", ".so", ".tcss", ".toml"} and path.is_file():
                descriptor = os.open(path, os.O_RDONLY)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(descriptor)


def middle(values: Sequence[float]) -> float:
    return float(statistics.median(values))


def p95(values: Sequence[float]) -> float:
    """Nearest rank."""
    return float(sorted(values)[max(0, -(-95 * len(values) // 100) - 1)])
