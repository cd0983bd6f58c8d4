"""On a real pseudo-terminal: what leaves it, how it ends, and what the driver says."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import advisor
from advisor.tui import terminal
from tests.standin_driver.build import StandinDriver

ROOT = Path(advisor.__file__).parents[1]
RUN = """
import sys
from advisor.measurement.result import ModelRequest
from advisor.session import Options
from advisor.tui.app import run
code = run(ModelRequest(sys.argv[1]), Options(hardware="cpu-2vcpu"))
assert "torch" not in sys.modules, "torch was imported into the screen's process"
sys.exit(code)
"""
ENTER_ALTERNATE, LEAVE_ALTERNATE = b"\x1b[?1049h", b"\x1b[?1049l"
LIMIT_S = 40.0


def _without_size(environment: Mapping[str, str]) -> dict[str, str]:
    """The size is the terminal's own, whatever terminal the tests run in."""
    return {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}


class Terminal:
    """The screen in a process of its own, on a pseudo-terminal of 80 by 24."""

    def __init__(
        self, reference: str, environment: Mapping[str, str], columns: int = 80, lines: int = 24
    ) -> None:
        self.descriptor, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, reference], stdin=inner, stdout=inner,
            stderr=inner, start_new_session=True,
            env={**_without_size(environment), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)},
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
        deadline = time.monotonic() + LIMIT_S
        while text not in self.output:
            assert time.monotonic() < deadline, self.output[-2000:]
            assert self.read(), self.output[-2000:]

    def settle(self) -> None:
        """Read until nothing more comes for a second."""
        length = -1
        while length != len(self.output):
            length = len(self.output)
            self.read(1.0)

    def bytes_for(self, keys: bytes) -> int:
        """How much is sent for `keys`."""
        before = len(self.output)
        os.write(self.descriptor, keys)
        self.settle()
        return len(self.output) - before

    def end(self) -> int:
        deadline = time.monotonic() + LIMIT_S
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


@pytest.fixture
def opened(toy: str) -> Iterator[Terminal]:
    found = Terminal(toy, os.environ)
    yield found
    found.close()


def test_q_quits_with_0_and_restores_the_terminal(opened: Terminal) -> None:
    opened.wait_for(b"effect of 0 on")
    started = time.monotonic()
    os.write(opened.descriptor, b"q")
    assert opened.end() == 0
    assert time.monotonic() - started < 2
    assert opened.output.rindex(LEAVE_ALTERNATE) > opened.output.rindex(ENTER_ALTERNATE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_restore_the_terminal(opened: Terminal, number: signal.Signals) -> None:
    opened.wait_for(b"profiling")
    opened.process.send_signal(number)
    assert opened.end() == 128 + number
    assert opened.output.rindex(LEAVE_ALTERNATE) > opened.output.rindex(ENTER_ALTERNATE)
    assert b"\x1b[?1000l" in opened.output, "mouse reporting is off again"


def test_exported_paths_are_printed_when_the_screen_is_gone(opened: Terminal) -> None:
    opened.wait_for(b"effect of 0 on")
    os.write(opened.descriptor, b"e")
    opened.wait_for(b"wrote advisor-")
    os.write(opened.descriptor, b"q")
    assert opened.end() == 0
    last = opened.output[opened.output.rindex(LEAVE_ALTERNATE) :].decode()
    written = [Path(name) for name in re.findall(r"wrote (\S+)", last)]
    assert [path.suffix for path in written] == [".json", ".md"]
    assert all(path.stat().st_size > 0 for path in written)


def test_a_key_sends_few_bytes(toy: str) -> None:
    found = Terminal(toy, os.environ, 120, 40)
    try:
        found.wait_for(b"no strategy that the rules")  # the plan is there: nothing else comes
        os.write(found.descriptor, b"p")
        found.settle()
        # The least of three: on a busy machine what an earlier key changed may come late.
        assert min(found.bytes_for(key) for key in (b"j", b"k", b"j")) <= 1500
        assert min(found.bytes_for(b" ") for _ in range(3)) <= 5000
        assert found.bytes_for(b"") == 0
    finally:
        found.close()


def test_stand_in_driver_shows_its_gpu(toy: str, standin_driver: StandinDriver) -> None:
    found = Terminal(toy, standin_driver.environment("two"))
    try:
        found.wait_for(b"GPU0")
        found.wait_for(b"42.0 GiB/80.0 GiB")
        os.write(found.descriptor, b"q")
        assert found.end() == 0
    finally:
        found.close()


def test_no_colour_sends_no_colour(toy: str) -> None:
    found = Terminal(toy, {**os.environ, "NO_COLOR": "1"})
    try:
        found.wait_for(b"effect of 0 on")
        assert b"38;2;" not in found.output
        assert b"48;2;" not in found.output
        assert b"38;5;" not in found.output
    finally:
        found.close()


class Stream:
    def __init__(self, is_terminal: bool) -> None:
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(
    ("stdin", "stderr", "kind", "said"),
    [
        (True, True, "xterm", None),
        (False, True, "xterm", "standard input is not a terminal"),
        (True, False, "xterm", "standard error is not a terminal"),
        (True, True, "dumb", "TERM is 'dumb'"),
        (True, True, None, "TERM is not set"),
    ],
)
def test_refusal_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, stdin: bool, stderr: bool, kind: str | None, said: str | None
) -> None:
    monkeypatch.setattr(sys, "stdin", Stream(stdin))
    monkeypatch.setattr(sys, "stderr", Stream(stderr))
    monkeypatch.delenv("TERM", raising=False)
    if kind is not None:
        monkeypatch.setenv("TERM", kind)
    reason = terminal.refusal()
    assert reason is None if said is None else reason is not None and said in reason


def test_refusal_needs_neither_torch_nor_textual() -> None:
    script = (
        "import sys, advisor.tui.terminal; "
        "assert not {'torch', 'textual', 'rich', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=30)
