"""Every measurement kept on this machine, and how far its projection was off."""

from __future__ import annotations

import statistics
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor import units
from advisor.tui.render.bars import bar
from advisor.tui.render.line import Column, Line, Span, Tone, fit, heading, spaced
from advisor.tui.render.telemetry import sparkline

if TYPE_CHECKING:
    from advisor.history import Record
    from advisor.tui.sieve import SortKey

LATEST = 10
NARROW, WIDE = 72, 100
"""Below the one the projection is left out; from the other on the device is named."""
_BAR_WIDTH = 10
_WORST = 0.5
"""An error that fills its bar; a larger one does too, and its figure says so."""


def _columns(width: int) -> tuple[Column, ...]:
    figures = [Column("measured", 9), Column("error", 7)]
    if width >= NARROW:
        figures.insert(0, Column("projected", 9))
    taken = 10 + 14 + sum(column.width for column in figures) + len(figures) + 4
    device = []
    if width >= WIDE:
        device = [Column("on", 22, "left")]
        taken += 23 + _BAR_WIDTH + 1
    names = Column("strategies", max(12, width - taken), "left")
    return (Column("taken", 10, "left"), Column("model", 14, "left"), names, *device, *figures)


def history_heading(width: int) -> Line:
    return (Span("  "), *heading(_columns(width)))


def errors_of(records: Sequence[Record]) -> list[float]:
    """Absolute, of those with a projection, in the order of `records`."""
    return [abs(each) for record in records if (each := record.relative_error) is not None]


def history_summary(records: Sequence[Record], width: int) -> list[Line]:
    """The error over all and over the latest, and its course from the oldest to the newest."""
    errors = errors_of(records)
    if not errors:
        return [(Span(" no measurement has a projection beside it yet", "dim"),)]
    latest = errors[:LATEST]
    text = (
        f" median error {units.percent(statistics.median(errors))} of {len(errors)}, "
        f"of the latest {len(latest)} {units.percent(statistics.median(latest))}"
    )
    head = " oldest "
    room = max(0, width - len(head) - 32)
    shown = list(reversed(errors[:room]))
    highest = max(shown, default=0.0) or 1.0
    course = sparkline([100 * each / highest for each in shown])
    end = f" newest, {units.percent(highest, digits=0)} at the top"
    return [
        (Span(fit(text, width), "title"),),
        (Span(head, "dim"), Span(course, "accent"), Span(end, "dim")),
    ]


@dataclass(frozen=True)
class HistoryEntries:
    """The newest first, as they come."""

    records: Sequence[Record]
    width: int

    sort_titles = ("error", "model", "strategies")

    def __len__(self) -> int:
        return len(self.records)

    def identity(self, index: int) -> Hashable:
        return index

    def search_text(self, index: int) -> str:
        each = self.records[index]
        return f"{each.taken_at} {each.reference} {_names(each)} {each.device_name}"

    def sort_key(self, title: str, index: int) -> SortKey:
        each = self.records[index]
        if title == "error":
            return None if each.relative_error is None else abs(each.relative_error)
        return each.reference if title == "model" else _names(each)

    def line(self, index: int) -> Line:
        each = self.records[index]
        columns = _columns(self.width)
        error = each.relative_error
        texts: list[tuple[str, Tone]] = [
            (each.taken_at[:10], "dim"), (each.reference, "plain"), (_names(each), "plain"),
        ]  # fmt: skip
        if self.width >= WIDE:
            texts.append((each.device_name, "dim"))
        if self.width >= NARROW:
            texts.append((units.seconds(each.projected_s), "plain"))
        texts += [
            (units.seconds(each.measured_s), "plain"),
            ("–" if error is None else units.percent(error, signed=True), "plain"),
        ]
        cells = [column.cell(*text) for column, text in zip(columns, texts, strict=True)]
        end = []
        if self.width >= WIDE and error is not None:
            end = [Span(" "), Span(bar(abs(error) / _WORST, _BAR_WIDTH), "accent")]
        return (Span(" "), *spaced(*cells), *end)


def _names(record: Record) -> str:
    return record.choices.replace(",", ", ") or "the baseline alone"
