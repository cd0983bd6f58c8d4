"""What commands print: JSON or an aligned table on stdout, progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import msgspec

from advisor.projection.old_prices import warning
from advisor.projection.result import Bill
from advisor.units import printable


def print_json(document: Any) -> None:
    encoded = msgspec.json.format(msgspec.json.encode(document), indent=2)
    sys.stdout.write(encoded.decode() + "\n")


def print_text(text: str) -> None:
    sys.stdout.write("\n".join(printable(line) for line in text.split("\n")) + "\n")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their longest cell; the last one is not padded."""
    cells = [[printable(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(header))]
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        sys.stdout.write("  ".join(padded).rstrip() + "\n")


def print_old_prices(bill: Bill) -> None:
    """Warn on stderr of prices in `bill` that are older than they should be by today's date."""
    told = warning(bill, datetime.now(tz=timezone.utc).date())
    if told is not None:
        shown = "\n".join(printable(line) for line in told.split("\n"))
        sys.stderr.write(f"advisor: {shown}\n")


def print_calibration_note(note: str | None) -> None:
    """Offer to calibrate, on stderr."""
    if note is not None:
        sys.stderr.write(f"advisor: {printable(note)}\n")


class StderrProgress:
    """Shows what is going on: in place on a terminal, a line for each stage elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = ""

    def __call__(self, text: str, fraction: float) -> None:
        text = printable(text)
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{fraction:4.0%} {text}")
        elif text != self._last:
            sys.stderr.write(f"{text}\n")
        self._last = text
        sys.stderr.flush()

    def __enter__(self) -> StderrProgress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal and self._last:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
