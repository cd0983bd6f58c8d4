"""The seven indicators of what is on, under the month's whole bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.advice.indicator_text import indicator_texts
from advisor.advice.indicators import Figure, Indicator
from advisor.tui.render.line import Column, Line, Span, Tone, heading, spaced

if TYPE_CHECKING:
    from advisor.projection.result import Projection
    from advisor.session_snapshot import Snapshot

TONES: tuple[Tone, ...] = ("plain", "plain", "plain", "accent", "accent", "accent")


def indicator_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """A row each; what was not measured is a dash, what is not known says so."""
    figures = (
        Column("before", 9), Column("projected", 10), Column("measured:", 10),
        Column("after", 10), Column("error", 7),
    )  # fmt: skip
    taken = sum(column.width + 1 for column in figures)
    columns = (Column("", max(10, min(40, width - taken - 1)), "left"), *figures)
    lines: list[Line] = [heading(columns)]
    for row in (_total(snapshot), *snapshot.indicators):
        cells = zip(columns, indicator_texts(row), TONES, strict=True)
        lines.append(spaced(*(column.cell(text, tone) for column, text, tone in cells)))
    return [(Span(" "), *each) for each in lines]


def _total(snapshot: Snapshot) -> Indicator:
    found = snapshot.measured
    return Indicator(
        "$/month",
        "USD/month",
        _bill(snapshot.before),
        _bill(snapshot.selected),
        None if found is None else _bill(found.before),
        None if found is None else _bill(found.after),
    )


def _bill(projection: Projection | None) -> Figure | None:
    if projection is None:
        return None
    bill = projection.bill
    return Figure(bill.total().expected, bool(bill.missing))
