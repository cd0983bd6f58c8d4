"""The first thing that is seen: which model, at once, while what draws the screen is imported.

Nothing of Textual, numpy or the session is needed for it. Keys that are typed meanwhile are not
echoed, and are answered when the screen stands.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import termios
from collections.abc import Iterator, Sequence
from types import FrameType

from advisor.units import printable

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H", "\x1b[?1049l\x1b[?25h"
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class _Held(io.StringIO):
    """Keeps what is written to a terminal that is in use for something else."""

    def isatty(self) -> bool:
        return True


class _Frame:
    """What must be given back: the terminal's modes, its own screen, and standard error."""

    def __init__(self) -> None:
        self._modes = termios.tcgetattr(0)
        self._stderr = sys.stderr
        self._held = _Held()
        self._handlers = {each: signal.signal(each, _leave) for each in _SIGNALS}
        self._is_ours = True

    def show(self, words: Sequence[str]) -> None:
        silent = list(self._modes)
        silent[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(0, termios.TCSADRAIN, silent)
        self._stderr.write(_ENTER + _text(words, *os.get_terminal_size(2)))
        self._stderr.flush()
        sys.stderr = self._held  # on this screen nobody would read it

    def hand_over(self) -> None:
        """The screen draws from now on, and leaves its place when it ends."""
        self._is_ours = False
        sys.stderr = self._stderr
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def end(self) -> None:
        if self._is_ours:
            self.hand_over()
            self._stderr.write(_LEAVE)
        with contextlib.suppress(OSError, termios.error):  # the terminal may be gone
            termios.tcsetattr(0, termios.TCSADRAIN, self._modes)
            self._stderr.write(self._held.getvalue())
            self._stderr.flush()


_shown: list[_Frame] = []


@contextlib.contextmanager
def early_frame(words: Sequence[str]) -> Iterator[None]:
    """Show a frame that names the model among `words`, until the screen takes over.

    Afterwards the terminal is as it was, also where an error or a signal comes first; what was
    written to standard error before is then written where it can be read.
    """
    frame = _Frame()
    _shown.append(frame)
    try:
        frame.show(words)
        yield
    finally:
        _shown.remove(frame)
        frame.end()


def hand_over() -> None:
    """To be called by what draws the screen, just before it does; nothing where there is none."""
    for frame in _shown:
        frame.hand_over()


def _text(words: Sequence[str], columns: int, lines: int) -> str:
    model = next((word for word in words if not word.startswith("-")), "")
    room = max(0, columns - len("starting "))
    title = f" advisor  {printable(model)}"[:room].ljust(room)
    hint = " starting; keys are answered as soon as the screen stands"[:columns]
    return f"{title}starting\x1b[{lines};1H{hint}\x1b[H"


def _leave(number: int, _running: FrameType | None) -> None:
    raise SystemExit(128 + number)
