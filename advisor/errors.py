"""Every error that advisor raises on purpose, and the exit code each one becomes.

    AdvisorError                 1  something advisor knows how to explain
    ├── UsageError               2  the command line or a file given by the user is wrong
    │   ├── UnknownNameError     2  a name that is in no catalogue; the choices are listed
    │   └── CatalogError         2  a profile file that does not hold what it must
    ├── ModelError               1  the model could not be built or run
    ├── StrategyError            1  a strategy could not be applied to this model
    ├── MeasurementError         3  a measurement did not finish; trying again may help
    │   └── CancelledError       130  the user stopped it
    └── ExportError              3  a file could not be written whole, so it was not written

A message names the bad value, where it came from, and what would have been accepted.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns to the shell."""

    DONE = 0
    MODEL_FAILED = 1
    USAGE = 2
    RETRY = 3
    BUDGET_NOT_MET = 4
    PLAN_DRIFTED = 5
    PLAN_BROKEN = 6
    INTERRUPTED = 130


class AdvisorError(Exception):
    """The root of the tree; `str(error)` is the whole message for the user."""

    exit_code: ExitCode = ExitCode.MODEL_FAILED


class UsageError(AdvisorError):
    exit_code = ExitCode.USAGE


class UnknownNameError(UsageError):
    """A name was looked up in a closed set and is not there."""

    def __init__(self, kind: str, name: str, choices: Iterable[str], origin: str = "") -> None:
        self.kind = kind
        self.name = name
        self.choices = tuple(sorted(choices))
        came_from = f" (from {origin})" if origin else ""
        close = difflib.get_close_matches(name, self.choices, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        listing = ", ".join(self.choices) or "none"
        super().__init__(f"unknown {kind} {name!r}{came_from}.{hint} Choices: {listing}")


class CatalogError(UsageError):
    """A profile file is malformed; the message holds file, key and allowed range."""


class ModelError(AdvisorError):
    """Building, tracing or running the user's model failed."""


class StrategyError(AdvisorError):
    """A strategy cannot be applied to this model on this machine."""


class MeasurementError(AdvisorError):
    exit_code = ExitCode.RETRY


class CancelledError(MeasurementError):
    exit_code = ExitCode.INTERRUPTED


class ExportError(AdvisorError):
    exit_code = ExitCode.RETRY
