"""Many projections: a request a line, a result a line in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from advisor.cli._asking import Request, answer, check, read_request
from advisor.errors import AdvisorError, UsageError
from advisor.measurement.process import run_profile
from advisor.measurement.result import ModelRequest
from advisor.profiling.profile import ModelProfile

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class _Failure:
    """What stands on the line of a request that failed."""

    kind: str
    message: str


class Profiles:
    """Profiles of models, each made once, its failure too."""

    def __init__(self, on_progress: Callable[[str, float], None]) -> None:
        self._on_progress = on_progress
        self._known: dict[ModelRequest, ModelProfile | AdvisorError] = {}

    def get(self, request: ModelRequest) -> ModelProfile:
        """Raises what loading or profiling raised, each time it is asked for."""
        if request not in self._known:
            try:
                self._known[request] = run_profile(request, self._on_progress)
            except AdvisorError as error:
                self._known[request] = error
        found = self._known[request]
        if isinstance(found, AdvisorError):
            raise found
        return found


def read_lines(source: str) -> Iterator[str]:
    """Lines of a file, or of standard input where `source` is `-`; empty ones are left out."""
    if source == STANDARD_INPUT:
        yield from (line for line in sys.stdin if line.strip())
        return
    try:
        with Path(source).open(encoding="utf-8") as file:
            yield from (line for line in file if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--requests {source}: {error}") from error


def answers(lines: Iterable[str], profiles: Profiles, source: str) -> Iterator[bytes]:
    """A JSON document for each line; a line that fails gives `{"error": {kind, message}}`."""
    for number, line in enumerate(lines, start=1):
        origin = f"{source}:{number}"
        try:
            request = read_request(_table(line, origin), origin)
            check(request)
            found: Any = answer(request, profiles.get(request.model_request))
        except AdvisorError as error:
            found = {"error": _Failure(type(error).__name__, str(error)), "line": number}
        yield msgspec.json.encode(found)


def _table(line: str, origin: str) -> dict[str, Any]:
    try:
        table = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{origin}: not JSON: {error}") from error
    if not isinstance(table, dict):
        raise UsageError(f"{origin}: expected a JSON object, got {line.strip()[:60]!r}")
    return table


def request_of(options: dict[str, Any]) -> Request:
    """The request that the options of the command line make."""
    return read_request(options, "command line")
