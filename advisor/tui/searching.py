"""Searches of the screen, each in a process of its own: in this one they would hold up the keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from advisor.errors import AdvisorError, CancelledError
from advisor.measurement.child import Child
from advisor.tui.search_worker import OVER, packed, unpacked

WORKER = "advisor.tui.search_worker"


class Search:
    """One of WORK with its arguments. A thread follows `results`; any other may `end` it."""

    def __init__(self, name: str, *arguments: Any) -> None:
        self.name = name
        self.arguments = arguments
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._is_ended = False

    def results(self) -> Iterator[Any]:
        """What is found, as it is found; leaving the iteration early ends the process.

        Raises CancelledError where it was ended, else what the worker raised, and AdvisorError
        with its last words where it ended without an answer.
        """
        child = self._start()
        try:
            yield from self._found(child)
        finally:
            child.end()

    def end(self) -> None:
        """No process of it is left, nor started; more than once does no harm."""
        with self._lock:
            self._is_ended = True
            child = self._child
        if child is not None:
            child.end()

    def _start(self) -> Child:
        request = packed((self.name, self.arguments))
        with self._lock:
            if self._is_ended:
                raise CancelledError("cancelled")
            self._child = Child(request, WORKER)
            return self._child

    def _found(self, child: Child) -> Iterator[Any]:
        from advisor.measurement.failure import to_error
        from advisor.measurement.protocol import Failed

        for line in child.lines():
            answer = unpacked(line)
            if answer == OVER:
                return
            if isinstance(answer, Failed):
                raise to_error(answer)
            yield answer[0]
        if self._is_ended:
            raise CancelledError("cancelled")
        raise AdvisorError(f"the search ended without an answer: {child.cause_of_end()}")
