"""On a pseudo-terminal, around a model made by hand: what may and may not reach the terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.standin_driver.build import StandinDriver
from tests.tui.emulator import Emulator
from tests.tui.held import SECRET
from tests.tui.pseudo_terminal import ROOT, Terminal

LEAVE_ALTERNATE = b"\x1b[?1049l"
COLOUR = re.compile(rb"\x1b\[(?:[\d;]*;)?(?:3\d|4\d|9\d|10\d)(?:;[\d;]*)?m")
Open = Callable[..., Terminal]


@pytest.fixture
def open_held(tmp_path: Path) -> Iterator[Open]:
    """Opens the screen of `tests.tui.held` with options, and an environment of its own."""
    terminals: list[Terminal] = []

    def start(*options: str, columns: int = 80, lines: int = 24, **variables: str) -> Terminal:
        environment = {**os.environ, "HISTORY": str(tmp_path / "h.sqlite3"), **variables}
        words = ("-m", "tests.tui.held", *options)
        found = Terminal("", environment, columns, lines, program=words)
        terminals.append(found)
        found.wait_for(b"effect of 0 on")
        found.settle()
        return found

    yield start
    for each in terminals:
        each.close()


def shown(terminal: Terminal, columns: int = 80, lines: int = 24) -> list[str]:
    screen = Emulator()
    screen.feed(terminal.output.decode(errors="replace"))
    return screen.text(columns, lines)


def quit_and_wait(terminal: Terminal) -> int:
    os.write(terminal.descriptor, b"q")
    return terminal.end()


def test_a_crash_shows_where_but_no_values_and_fails(open_held: Open) -> None:
    found = open_held("--fault", "crash")
    os.write(found.descriptor, b"p")
    assert found.end() not in (0, None)
    last = found.output[found.output.rindex(LEAVE_ALTERNATE) :]
    text = re.sub(rb"\x1b\[[\d;]*m", b"", last).decode()
    assert r"RuntimeError: advisor\u001b[31m has 28 letters" in text
    assert SECRET.encode() not in found.output


def test_what_is_written_to_1_and_2_goes_to_the_log(open_held: Open) -> None:
    found = open_held("--fault", "write")
    os.write(found.descriptor, b"p7")
    found.wait_for(b"written by a child")
    found.settle()
    for text in (b"output: written to 1", b"output: written to 2"):
        assert text in found.output
    assert b"flood" not in found.output[: found.output.index(b"written to 1")]
    assert shown(found)[2].startswith(" 1 Strategies"), "the screen stands"
    assert quit_and_wait(found) == 0


def test_without_mouse_no_mouse_mode_is_set(open_held: Open) -> None:
    found = open_held("--no-mouse")
    assert b"\x1b[?1000h" not in found.output
    assert b"\x1b[?1003h" not in found.output
    assert quit_and_wait(found) == 0


def test_no_colour_means_no_code_of_a_colour(open_held: Open) -> None:
    found = open_held(NO_COLOR="1", COLORTERM="truecolor")
    found.press(b"j", b" ", b"2", b"t", b"?", b"\x1b", b",", b"q", b":")
    assert COLOUR.search(found.output) is None
    assert COLOUR.search(b"\x1b[1;38;5;3m"), "what is looked for can be found"


def test_an_empty_no_colour_means_nothing(open_held: Open) -> None:
    assert COLOUR.search(open_held(NO_COLOR="").output) is not None


@pytest.mark.parametrize("kind", ["xterm", "linux", "screen-16color"])
def test_sixteen_colours_are_the_terminals_own(open_held: Open, kind: str) -> None:
    found = open_held(TERM=kind, COLORTERM="")
    assert b";5;" not in found.output
    assert b";2;" not in found.output.replace(b"[?2026;2$y", b"")
    assert COLOUR.search(found.output) is not None
    assert any("effect of 0 on" in line for line in shown(found))


def test_ascii_sends_nothing_else(open_held: Open) -> None:
    found = open_held("--ascii")
    found.press(b"j", b" ", b"2", b"3", b"?", b"\x1b", b"y")
    assert found.output.isascii()


def test_a_terminal_that_is_gone_ends_it_without_a_signal_too(open_held: Open) -> None:
    found = open_held()
    os.close(found.descriptor)
    assert found.process.wait(timeout=5) == 128 + signal.SIGHUP
    found.descriptor = os.open(os.devnull, os.O_RDONLY)  # for the closing


def test_it_comes_back_from_the_background_whole(open_held: Open) -> None:
    found = open_held()
    before = shown(found)
    found.process.send_signal(signal.SIGTSTP)
    time.sleep(0.5)
    found.process.send_signal(signal.SIGCONT)
    found.settle()
    last = Emulator()
    last.feed(found.output[found.output.rindex(b"\x1b[?1049h") :].decode())
    assert last.text(80, 24)[2:] == before[2:]
    assert quit_and_wait(found) == 0


def test_idle_sends_nothing_and_a_tick_only_its_cells(open_held: Open) -> None:
    found = open_held(columns=120, lines=40)
    before = len(found.output)
    time.sleep(4)
    found.read(0.1)
    assert len(found.output) - before <= 4 * 1024, "two ticks"
    os.write(found.descriptor, b"p")
    found.settle()
    assert found.bytes_for(b"") == 0


def test_what_was_chosen_is_there_at_the_next_start(open_held: Open) -> None:
    found = open_held()
    found.press(b"t", b"3")
    assert quit_and_wait(found) == 0
    state = Path(os.environ["XDG_STATE_HOME"]) / "advisor" / "screen.json"
    assert '"view": "operators"' in state.read_text()
    assert '"theme": "textual-light"' in state.read_text()


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_no_terminal_is_said_at_once_without_an_escape(kind: str) -> None:
    environment = {**os.environ, "TERM": kind}
    words = [sys.executable, "-m", "advisor", "digits"]
    started = time.monotonic()
    ran = subprocess.run(
        words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, cwd=ROOT, timeout=20,
        check=False,
    )  # fmt: skip
    assert time.monotonic() - started < 5, "the benchmark holds it to 300 ms"
    assert ran.returncode == 2
    assert b"advisor audit digits" in ran.stderr
    assert b"\x1b" not in ran.stderr + ran.stdout


@pytest.mark.parametrize(("scenario", "said"), [("lost", "lost"), ("hang", "answer")])
def test_a_gpu_that_goes_is_said_with_the_age_of_its_figures(
    open_held: Open, standin_driver: StandinDriver, scenario: str, said: str
) -> None:
    found = open_held(columns=140, lines=40, **standin_driver.environment(scenario, after=2))
    os.write(found.descriptor, b"6")
    found.wait_for(b" s old")
    found.settle()
    assert any(said in line for line in shown(found, 140, 40))
    os.write(found.descriptor, b"1j ")
    found.settle()
    assert any("effect of 1 on" in line for line in shown(found, 140, 40))
    assert quit_and_wait(found) == 0


def test_a_state_that_cannot_be_read_is_a_word_in_the_log(open_held: Open) -> None:
    state = Path(os.environ["XDG_STATE_HOME"]) / "advisor" / "screen.json"
    state.parent.mkdir(parents=True)
    state.write_text('{"view": 3')
    found = open_held()
    os.write(found.descriptor, b"7")
    found.wait_for(b"screen.json cannot be read")
    assert quit_and_wait(found) == 0
    assert '"view": "log"' in state.read_text()


def test_the_frame_comes_first_and_errors_are_read_after_it(tmp_path: Path) -> None:
    words = ("-m", "advisor", "digits", "--hardware", "no-such")
    found = Terminal("", os.environ, program=words)
    try:
        assert found.end() == 2
        assert b"advisor  digits" in found.output[: found.output.index(LEAVE_ALTERNATE)]
        after = found.output[found.output.index(LEAVE_ALTERNATE) :]
        assert b"unknown hardware 'no-such'" in after
        assert b"\x1b[?25h" in after, "the cursor is back"
    finally:
        found.close()


def test_a_key_typed_before_the_screen_stands_is_answered() -> None:
    found = Terminal("", os.environ, program=("-m", "advisor", "digits", "--hardware", "l4"))
    try:
        found.wait_for(b"starting")
        os.write(found.descriptor, b"q")
        assert found.end() == 0
    finally:
        found.close()
