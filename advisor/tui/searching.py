"""Searches of the screen, each in a process of its own: in this one they would hold up the keys."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import IO, Any

from advisor.errors import AdvisorError, CancelledError
from advisor.tui.search_worker import OVER, packed

# As that of a measurement: it imports from where its parent does, not from the current folder.
_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[1:]; del sys.argv[1:]; "
    "from advisor.tui.search_worker import main; main()"
)


class Search:
    """One of WORK with its arguments. A thread follows `results`; any other may `end` it."""

    def __init__(self, name: str, *arguments: Any) -> None:
        self.name = name
        self.arguments = arguments
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ended = False

    def results(self) -> Iterator[Any]:
        """What is found, as it is found; leaving the iteration early ends the process.

        Raises CancelledError where it was ended, else what the worker raised, and AdvisorError
        with its last words where it ended without an answer.
        """
        with tempfile.TemporaryFile() as errors:
            try:
                yield from self._found(self._start(errors), errors)
            except OSError as error:
                raise AdvisorError(f"no search: {error}") from error
            finally:
                self.end()

    def end(self) -> None:
        """No process of it is left, nor started; more than once does no harm."""
        with self._lock:
            self._is_ended = True
            process = self._process
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        request = packed((self.name, self.arguments))
        with self._lock:
            if self._is_ended:
                raise CancelledError("cancelled")
            self._process = process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, *map(os.path.abspath, sys.path)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                start_new_session=True,
            )  # fmt: skip
        assert process.stdin is not None
        try:
            with process.stdin as pipe:
                pipe.write(request)
        except BrokenPipeError:
            pass  # it ended before it read: its answer, or that there is none, says why
        return process

    def _found(self, process: subprocess.Popen[bytes], errors: IO[bytes]) -> Iterator[Any]:
        from advisor.measurement.failure import to_error
        from advisor.measurement.protocol import Failed

        assert process.stdout is not None
        with process.stdout as pipe:
            while True:
                try:
                    answer = pickle.load(pipe)  # noqa: S301 - from a process started here
                except (EOFError, pickle.UnpicklingError):
                    raise self._why_ended(errors) from None
                if answer == OVER:
                    return
                if isinstance(answer, Failed):
                    raise to_error(answer)
                yield answer[0]

    def _why_ended(self, errors: IO[bytes]) -> AdvisorError:
        if self._is_ended:
            return CancelledError("cancelled")
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().splitlines()[-1:]
        return AdvisorError(f"the search ended without an answer: {''.join(last) or 'no word'}")
