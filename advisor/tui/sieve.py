"""Which entries of a list are shown, and in which order; free of any widget."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol, overload, runtime_checkable

from advisor.tui.render.line import Line

SortKey = float | str | None
"""Of one column, all numbers or all texts; None is not known, and comes last either way."""


class Entries(Protocol):
    """What a list shows, before anything is left out."""

    def __len__(self) -> int: ...

    @property
    def sort_titles(self) -> tuple[str, ...]: ...

    def identity(self, index: int) -> Hashable:
        """What an entry is known by when the list has changed around it."""
        ...

    def search_text(self, index: int) -> str: ...
    def sort_key(self, title: str, index: int) -> SortKey: ...
    def line(self, index: int) -> Line: ...


@runtime_checkable
class Sectioned(Protocol):
    """Entries that stand in sections, as long as nothing sorts them."""

    def section(self, index: int) -> Hashable:
        """What entries beside each other have in common."""
        ...

    def heading(self, index: int) -> Line:
        """The line above the section that this entry is in."""
        ...


@dataclass(frozen=True)
class Sieve:
    """Entries with every word of `text` in them pass, sorted by the column `sort` where named."""

    text: str = ""
    sort: str | None = None
    descending: bool = False

    @property
    def is_open(self) -> bool:
        """Whether everything passes, in the order it came in."""
        return not self.text.strip() and self.sort is None

    def sorted_by_next(self, titles: Sequence[str]) -> Sieve:
        """By the column after the present one; after the last by none."""
        order = (None, *titles)
        at = order.index(self.sort) if self.sort in order else 0
        return replace(self, sort=order[(at + 1) % len(order)], descending=False)

    def pass_through(self, entries: Entries) -> list[int]:
        """Indices of the entries that pass, in their order; equal ones stay as they came."""
        words = self.text.casefold().split()
        found = [
            index
            for index in range(len(entries))
            if not words or _holds(entries.search_text(index).casefold(), words)
        ]
        if self.sort is None or self.sort not in entries.sort_titles:
            return found
        keys = {index: entries.sort_key(self.sort, index) for index in found}
        known = [index for index in found if keys[index] is not None]
        known.sort(key=lambda index: _comparable(keys[index]), reverse=self.descending)
        return known + [index for index in found if keys[index] is None]


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _comparable(key: SortKey) -> tuple[float, str]:
    return (0.0, key.casefold()) if isinstance(key, str) else (key or 0.0, "")


def with_headings(entries: Entries, order: Sequence[int]) -> list[int]:
    """`order` with ~i before every section, i being its first entry that passed."""
    if not isinstance(entries, Sectioned):
        return list(order)
    found: list[int] = []
    for _, section in groupby(order, entries.section):
        members = list(section)
        found += [~members[0], *members]
    return found


@dataclass(frozen=True)
class PassedLines(Sequence[Line]):
    """The lines of the entries that passed, each made as it is looked at; ~i is a heading."""

    entries: Entries
    order: Sequence[int]

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self._line(each) for each in self.order[index]]
        return self._line(self.order[index])

    def _line(self, index: int) -> Line:
        if index >= 0:
            return self.entries.line(index)
        assert isinstance(self.entries, Sectioned), "only sections have headings"
        return self.entries.heading(~index)
