"""Rows of a CSV file with too few or too many cells: counted, left out, their lines found."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any, Literal

from advisor.measurement.data.files import lines
from advisor.measurement.data.format import KEPT_FAULTS, Faults


class BrokenRows:
    """Takes Arrow's reports of one file. They name rows, not lines; these are looked up after."""

    def __init__(self, file: Path, name: str, faults: Faults) -> None:
        self._file = file
        self._name = name
        self._faults = faults
        self._first: deque[tuple[str, str, int | None]] = deque()
        self._count = 0

    def handle(self, row: Any) -> Literal["skip"]:
        self._count += 1
        if len(self._first) < KEPT_FAULTS:
            reason = f"{row.actual_columns} cells where {row.expected_columns} are expected"
            self._first.append((row.text.partition("\n")[0].rstrip("\r"), reason, row.number))
        return "skip"

    def report(self) -> None:
        """Add the faults, each with its line where the file shows it again, else with its row."""
        counted = len(self._first)
        for number, line, _ in lines(self._file) if self._first else ():
            if not self._first:
                break
            text, reason, _ = self._first[0]
            if line.decode(errors="replace") == text:
                self._first.popleft()
                self._faults.add(f"{self._name}, line {number}", reason)
        for _, reason, row in self._first:
            self._faults.add(f"{self._name}, row {row}", reason)
        self._faults.count += self._count - counted
