"""On a real pseudo-terminal: what leaves it, how it ends, and what the driver says."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.tui import terminal
from tests.standin_driver.build import StandinDriver
from tests.tui.pseudo_terminal import ROOT, Terminal

ENTER_ALTERNATE, LEAVE_ALTERNATE = b"\x1b[?1049h", b"\x1b[?1049l"


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
        found.wait_for(b"above minimum")  # the plan is there: nothing else comes
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
