"""Keep the terminal to the screen: what libraries write to descriptors 1 and 2 goes elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

_CHUNK_BYTES = 65_536
_MOST_LINES = 50
"""Of one chunk: who floods the log is not helped by all of it."""
_PAUSE_S = 0.05


@contextlib.contextmanager
def terminal_to_itself(tell: Callable[[str], object]) -> Iterator[None]:
    """Inside, Textual draws on the terminal, and `tell` gets each line written to 1 and 2.

    The descriptors lead into a pipe, so that C code and child processes that were given none of
    their own are kept off too. `tell` is called from a thread. After it, all is as before.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [(each, os.dup(each)) for each in (1, 2)]
    reading, writing = os.pipe()
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", newline="\n")
    streams = sys.__stdout__, sys.__stderr__, sys.stderr
    reader = threading.Thread(target=_follow, args=(reading, tell), name="output", daemon=True)
    reader.start()
    for each in (1, 2):
        os.dup2(writing, each)
    os.close(writing)
    # Textual draws on __stderr__ and asks __stdout__ for the size.
    sys.__stdout__ = sys.__stderr__ = sys.stderr = terminal  # type: ignore[misc]  # given back below
    try:
        yield
    finally:
        sys.__stdout__, sys.__stderr__, sys.stderr = streams  # type: ignore[misc]  # as they were
        for each, before in kept:
            os.dup2(before, each)
            os.close(before)
        with contextlib.suppress(OSError):  # the terminal may be gone
            terminal.close()
        reader.join(timeout=0.2)  # a child that lives on holds the pipe open


def _follow(reading: int, tell: Callable[[str], object]) -> None:
    rest = b""
    while chunk := os.read(reading, _CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > _CHUNK_BYTES:
            lines, rest = [*lines, rest], b""
        _tell(lines, tell)
        time.sleep(_PAUSE_S)
    _tell([rest], tell)
    os.close(reading)


def _tell(lines: Sequence[bytes], tell: Callable[[str], object]) -> None:
    shown = [text for line in lines if (text := line.decode(errors="replace").rstrip())]
    for text in shown[:_MOST_LINES]:
        tell(text)
    if len(shown) > _MOST_LINES:
        tell(f"and {len(shown) - _MOST_LINES} more lines")
