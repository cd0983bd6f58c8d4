"""What was measured before; a history that cannot be read is said, and stops nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from advisor.errors import AdvisorError
from advisor.session import Session

Found = TypeVar("Found")


def from_history(read: Callable[[], Found]) -> Found | None:
    """What `read` returns; None where the history fails it."""
    try:
        return read()
    except AdvisorError as error:
        sys.stderr.write(f"advisor: the history is not used: {error}\n")
        return None


def keep(write: Callable[[], object]) -> None:
    """What was found is shown also where it cannot be kept."""
    try:
        write()
    except AdvisorError as error:
        sys.stderr.write(f"advisor: not kept in the history: {error}\n")


def recall(session: Session) -> None:
    """Take into `session` what was measured before."""
    from_history(session.recall)
