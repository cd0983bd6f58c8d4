"""What each column holds, counted as the samples go by."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from advisor.measurement.data.report import Column, Kind

PROSE_WORDS = 5
"""Columns whose values have so many words on average are text, and compared word by word."""
_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"


class ColumnCounter:
    """Counts present values and those that read as numbers; a column may appear late."""

    def __init__(self) -> None:
        self._present: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._words: dict[str, int] = {}

    def add(self, columns: Mapping[str, pa.Array]) -> None:
        for name, column in columns.items():
            present = len(column) - column.null_count
            self._present[name] = self._present.get(name, 0) + present
            self._numbers[name] = self._numbers.get(name, 0) + _numbers(column)
            self._words[name] = self._words.get(name, 0) + words(column)

    def columns(self, samples: int, left_out: Collection[str]) -> tuple[Column, ...]:
        return tuple(
            Column(
                name,
                self._kind(name),
                samples - present,
                self._numbers[name],
                name not in left_out,
            )
            for name, present in self._present.items()
        )

    def _kind(self, name: str) -> Kind:
        present, numbers = self._present[name], self._numbers[name]
        if not present:
            return "empty"
        if numbers:
            return "number" if numbers == present else "mixed"
        return "text" if self._words[name] >= PROSE_WORDS * present else "word"


def _numbers(column: pa.Array) -> int:
    try:
        column.cast(pa.float64())
    except pa.ArrowInvalid:  # some do not; the pattern is slower and counts those that do
        return int(pc.sum(pc.match_substring_regex(column, _NUMBER)).as_py() or 0)
    return int(len(column) - column.null_count)


def words(column: pa.Array) -> int:
    """Words in all values together, as spaces tell."""
    spaces = pc.sum(pc.count_substring(column, " ")).as_py() or 0
    return int(spaces + len(column) - column.null_count)
