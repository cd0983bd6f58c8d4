"""Selections found by trying."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.errors import UsageError
from advisor.strategies.selection import Choice, Selection, selection


def combined(choices: Iterable[Choice]) -> Selection | None:
    """None where two of them conflict."""
    try:
        return selection(choices)
    except UsageError:
        return None
