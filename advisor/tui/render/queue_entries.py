"""The queue of measurements: how far each is, and what it found."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from advisor import units
from advisor.tui.queue import Entry, Found, Queue, left_s, left_text, waiting
from advisor.tui.render.bars import bar
from advisor.tui.render.bill_bars import change_tone
from advisor.tui.render.line import Column, Line, Span, Tone, fit, heading, line, spaced

if TYPE_CHECKING:
    from advisor.tui.sieve import SortKey

_BAR_WIDTH = 14
_STATE = Column("state", 9, "left")
_TONES: dict[str, Tone] = {
    "waiting": "dim", "measuring": "accent", "measured": "plain", "failed": "bad",
    "cancelled": "dim",
}  # fmt: skip


def _figures(width: int) -> tuple[Column, ...]:
    figures = (
        Column("before", 9), Column("after", 9), Column("change", 7), Column("error", 6),
        Column("quality", 8),
    )  # fmt: skip
    return figures if width >= 90 else figures[1:]


def _name(width: int) -> Column:
    taken = _STATE.width + sum(column.width + 1 for column in _figures(width)) + 3
    return Column("strategies", max(16, width - taken), "left")


def queue_title(queue: Queue) -> str:
    count, running = len(waiting(queue)), any(each.state == "measuring" for each in queue)
    if not running:
        done = sum(each.found is not None for each in queue)
        return f"measurements: none under way, {done} done"
    left = left_text(left_s(queue))
    return f"measurements: 1 under way, {count} waiting" + (f", {left}" if left else "")


def queue_heading(width: int) -> Line:
    return (Span("  "), *heading((_name(width), _STATE, *_figures(width))))


@dataclass(frozen=True)
class QueueEntries:
    """In the order they were asked for."""

    queue: Queue
    width: int

    @property
    def sort_titles(self) -> tuple[str, ...]:
        return ("change", "strategies")

    @cached_property
    def _changes(self) -> list[float | None]:
        return [None if each.found is None else _change(each.found) for each in self.queue]

    def __len__(self) -> int:
        return len(self.queue)

    def identity(self, index: int) -> Hashable:
        return self.queue[index].number

    def search_text(self, index: int) -> str:
        return f"{self.queue[index].names} {self.queue[index].state}"

    def sort_key(self, title: str, index: int) -> SortKey:
        return self._changes[index] if title == "change" else self.queue[index].names

    def line(self, index: int) -> Line:
        entry = self.queue[index]
        tone = _TONES[entry.state]
        name = _name(self.width)
        head = (Span(" "), name.cell(entry.names, "dim" if tone == "dim" else "plain"))
        start = (*head, Span(" "), _STATE.cell(entry.state, tone), Span(" "))
        if entry.found is not None:
            return (*start, *spaced(*_found_cells(entry.found, self.width)))
        room = max(0, self.width - name.width - _STATE.width - 3)
        if entry.state == "measuring":
            return (*start, *_progress(entry, room))
        return line(*start, Span(fit(entry.text, room), tone))


def _progress(entry: Entry, room: int) -> tuple[Span, ...]:
    left = left_text(entry.left_s)
    head = f"[{bar(entry.fraction, _BAR_WIDTH)}] {entry.fraction:4.0%} "
    text = " · ".join(each for each in (left, entry.text) if each)
    return (Span(head, "accent"), Span(fit(text, max(0, room - len(head)))))


def _change(found: Found) -> float:
    return found.variant_s.median / found.baseline_s.median - 1


def _found_cells(found: Found, width: int) -> list[Span]:
    change = _change(found)
    texts: list[tuple[str, Tone]] = [
        (units.seconds(found.baseline_s.median), "plain"),
        (units.seconds(found.variant_s.median), "plain"),
        (units.percent(change, signed=True), change_tone(change)),
        ("–" if found.time_error is None
         else units.percent(found.time_error, signed=True, digits=0), "plain"),
        (_quality_text(found), "plain"),
    ]  # fmt: skip
    columns = _figures(width)
    return [
        column.cell(*text) for column, text in zip(columns, texts[-len(columns) :], strict=True)
    ]


def _quality_text(found: Found) -> str:
    """A training step has none to be measured."""
    from advisor.measurement.training_comparison import ComparedTraining

    if isinstance(found, ComparedTraining):
        return "–"
    lost = found.measurement.quality_drop
    return units.UNKNOWN if lost is None else units.points(-lost)
