"""A worker process: started in a group of its own, read line by line, ended with all it started."""

from __future__ import annotations

import atexit
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import IO

from advisor.errors import MeasurementError

_TERMINATE_S = 0.3
"""What a worker gets to end by itself; after it the group is killed."""
_KILL_S = 0.5
_TAIL_BYTES = 8192
_TAIL_LINES = 30
# The worker imports from where its parent does. Started with -m it would take the current folder
# first, so that a `random.py` there would stand in for the library's.
_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[1:]; del sys.argv[1:]; "
    "from importlib import import_module; import_module({worker!r}).main()"
)
MEASURING = "advisor.measurement.worker"
"""The worker that loads, profiles, trains and measures."""

_alive: weakref.WeakSet[Child] = weakref.WeakSet()


class Child:
    """Standard output comes as `lines()`; of the error stream the last part is kept.

    Three threads serve it, all daemons: one for each stream, and one that waits for the process to
    end and then kills what is left of its group. So `lines()` ends when the process does, even if
    something that it started still holds the pipe. All methods may be called from any thread.
    Raises MeasurementError where the system starts no process.
    """

    def __init__(self, request: bytes, worker: str = MEASURING) -> None:
        """`worker` is the module whose `main` answers the request."""
        self._process = _start(worker)
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._tail = bytearray()
        self._ended = threading.Event()
        self._readers = [_thread(self._read_lines), _thread(self._read_errors)]
        _alive.add(self)
        _thread(self._wait)
        _send(self._process.stdin, request)

    @property
    def pid(self) -> int:
        """The worker's process id, which is also that of its process group."""
        return self._process.pid

    def lines(self) -> Iterator[bytes]:
        """Lines of standard output as they come, until the process has ended."""
        while (line := self._lines.get()) is not None:
            yield line
        self._lines.put(None)  # for another iteration, which ends at once

    def end(self) -> None:
        """End the process and all that it started, within 0.8 s; more than once does no harm."""
        self._signal(signal.SIGTERM)
        if not self._ended.wait(_TERMINATE_S):
            self._signal(signal.SIGKILL)
            self._ended.wait(_KILL_S)

    def cause_of_end(self) -> str:
        """Why the process, which has ended, ended: its signal or exit code, and its last words."""
        self._ended.wait()
        return cause_of_end(self._process.returncode, bytes(self._tail).decode(errors="replace"))

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:  # once collected, its id may be another's
            _signal_group(self.pid, number)

    def _wait(self) -> None:
        self._process.wait()
        _signal_group(self.pid, signal.SIGKILL)
        for reader in self._readers:
            reader.join(_KILL_S)
        self._ended.set()
        self._lines.put(None)

    def _read_lines(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with pipe:
            for line in pipe:
                self._lines.put(line)

    def _read_errors(self) -> None:
        pipe = self._process.stderr
        assert pipe is not None
        with pipe:
            # By blocks: what user code prints may have no line breaks, and no end.
            while block := os.read(pipe.fileno(), _TAIL_BYTES):
                self._tail += block
                del self._tail[:-_TAIL_BYTES]


def _start(worker: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-c", _PROGRAM.format(worker=worker), *map(os.path.abspath, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise MeasurementError(f"no worker can be started: {error}") from error


def _send(pipe: IO[bytes] | None, request: bytes) -> None:
    assert pipe is not None
    try:
        with pipe:
            pipe.write(request)
    except BrokenPipeError:
        return  # it ended before it read; whoever reads its lines learns why


def _thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name="measurement-child", daemon=True)
    thread.start()
    return thread


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return  # nobody is left; macOS says "not permitted" of a group of zombies


def cause_of_end(returncode: int, output: str) -> str:
    """Why a process ended: its signal or exit code, and the last lines of what it wrote."""
    words = output.strip().splitlines()
    last = "\n".join(["; its last output:", *words[-_TAIL_LINES:]]) if words else ""
    return _cause(returncode) + last


def _cause(returncode: int) -> str:
    if returncode >= 0:
        return f"it ended with exit code {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    hint = ": probably out of memory" if -returncode == signal.SIGKILL else ""
    return f"killed by {name}{hint}"


@atexit.register
def _end_all() -> None:
    """A program that ends leaves no worker behind, even if it forgot one."""
    for child in tuple(_alive):
        child.end()
