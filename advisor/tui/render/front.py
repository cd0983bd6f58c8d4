"""Cost against quality: the front as a plot and as a list."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor import units
from advisor.tui.render import basis
from advisor.tui.render.bill_bars import change_tone
from advisor.tui.render.line import Column, Line, Span, Tone, fit, heading, spaced

if TYPE_CHECKING:
    from advisor.advice.front import FrontPoint
    from advisor.projection.result import Projection
    from advisor.tui.sieve import SortKey

LABEL_WIDTH = 11
KEPT, BEYOND, BEFORE, NOW, FLOOR = "●", "○", "×", "◆", "│"


@dataclass(frozen=True)
class Plot:
    """What is drawn: the front, what there is with nothing on, what is on now, the floor."""

    points: Sequence[FrontPoint]
    before: Projection
    selected: Projection
    floor: float

    def marks(self) -> list[tuple[float, float, str, Tone]]:
        """Quality lost, USD a month, sign and tone; the last drawn stands over the others."""
        before, now = self.before, self.selected
        found: list[tuple[float, float, str, Tone]] = [
            (before.quality_drop.expected, before.bill.total().expected, BEFORE, "plain"),
            *((each.quality_drop.expected, each.usd_per_month, KEPT if each.keeps_floor else BEYOND,
               "good" if each.keeps_floor else "warn") for each in self.points),
        ]  # fmt: skip
        if now is not before and now.setup != before.setup:
            found.append((now.quality_drop.expected, now.bill.total().expected, NOW, "accent"))
        return found


def plot_lines(plot: Plot, width: int, height: int) -> list[Line]:
    """Dollars a month upwards, quality lost to the right; a legend below."""
    marks = plot.marks()
    room = max(10, width - LABEL_WIDTH - 2)
    costs = [cost for _, cost, _, _ in marks]
    low, high = min(costs), max(costs)
    span = (high - low) or 1.0
    widest = max([plot.floor * 1.25, *(drop for drop, _, _, _ in marks)]) or 0.01

    def column_of(drop: float) -> int:
        return min(room - 1, max(0, round(drop / widest * (room - 1))))

    grid: list[dict[int, tuple[str, Tone]]] = [
        {column_of(plot.floor): (FLOOR, "dim")} for _ in range(height)
    ]
    for drop, cost, sign, tone in marks:
        row = round((high - cost) / span * (height - 1))
        grid[row][column_of(drop)] = (sign, tone)
    lines = []
    for number, cells in enumerate(grid):
        cost = high - span * number / max(1, height - 1)
        label = units.usd(cost) if number in (0, height - 1) else ""
        lines.append((Span(fit(label, LABEL_WIDTH, "right") + " ", "dim"), *_spans(cells, room)))
    end = f"{widest * 100:.2f}pt"
    title = "lost quality"
    gap = max(1, room - len(title) - len(end) - 1)
    axis = f"{'$/month':>{LABEL_WIDTH}} 0 {title}{' ' * (gap - 1)}{end}"
    legend = (
        f" {KEPT} within the floor of {plot.floor * 100:.2f}pt ({FLOOR})  {BEYOND} beyond it  "
        f"{BEFORE} nothing on  {NOW} on now"
    )
    return [*lines, (Span(fit(axis, width), "dim"),), (Span(fit(legend, width), "dim"),)]


def _spans(cells: dict[int, tuple[str, Tone]], room: int) -> list[Span]:
    spans: list[Span] = []
    at = 0
    for column in sorted(cells):
        sign, tone = cells[column]
        spans += [Span(" " * (column - at)), Span(sign, tone)]
        at = column + 1
    return [*spans, Span(" " * max(0, room - at))]


def _columns(width: int) -> tuple[Column, ...]:
    figures = (
        Column("$/month", 11), Column("%", 7), Column("quality", 9), Column("days", 5),
        Column("floor", 6, "left"),
    )  # fmt: skip
    taken = sum(column.width + 1 for column in figures) + 2
    return (*figures, Column("strategies", max(12, width - taken), "left"))


def front_heading(width: int) -> Line:
    return (Span("  "), *heading(_columns(width)))


@dataclass(frozen=True)
class FrontEntries:
    """From the cheapest to what loses least, as they come."""

    plot: Plot
    width: int

    sort_titles = ("days", "strategies")

    def __len__(self) -> int:
        return len(self.plot.points)

    def identity(self, index: int) -> Hashable:
        return self.plot.points[index].chosen

    def search_text(self, index: int) -> str:
        each = self.plot.points[index]
        return f"{_names(each)} {'kept' if each.keeps_floor else 'BROKEN'}"

    def sort_key(self, title: str, index: int) -> SortKey:
        each = self.plot.points[index]
        return each.effort_days.expected if title == "days" else _names(each)

    def line(self, index: int) -> Line:
        each = self.plot.points[index]
        before = self.plot.before.bill.total().expected
        tone = change_tone(each.usd_per_month - before)
        texts: tuple[tuple[str, Tone], ...] = (
            (units.usd(each.usd_per_month), "plain"),
            (basis.change_of(before, each.usd_per_month), tone),
            (units.points(-each.quality_drop.expected), "plain"),
            (f"{each.effort_days.expected:g}", "plain"),
            ("kept", "good") if each.keeps_floor else ("BROKEN", "bad"),
            (_names(each), "plain"),
        )
        columns = _columns(self.width)
        cells = (column.cell(*text) for column, text in zip(columns, texts, strict=True))
        return (Span(" "), *spaced(*cells))


def _names(point: FrontPoint) -> str:
    return ", ".join(str(choice) for choice in point.chosen) or "nothing on"
