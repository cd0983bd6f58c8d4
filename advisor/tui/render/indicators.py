"""The seven indicators of what is on, under the month's whole bill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from advisor.advice.indicator_text import indicator_texts
from advisor.advice.indicators import Figure, Indicator
from advisor.tui.render import basis
from advisor.tui.render.line import Column, Line, Span, Tone, heading, spaced

if TYPE_CHECKING:
    from advisor.projection.result import Projection
    from advisor.session_snapshot import Snapshot

PROJECTED = 2
"""How many of the figures are projected; the others are measured."""
LONG_PREFIX = "model "
"""What a name can do without where there is little room."""


def indicator_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """A row each; what was not measured is a dash, what is not known says so."""
    figures = (
        Column("before", 10), Column("after", 10), Column("before", 10), Column("after", 10),
        Column("error", 7),
    )  # fmt: skip
    taken = sum(column.width + 1 for column in figures)
    name = Column("", max(10, min(40, width - taken - 1)), "left")
    columns = (name, *figures)
    lines: list[Line] = [_kinds_line(columns), heading(columns)]
    for row in (_total(snapshot), *snapshot.indicators):
        title, *texts = indicator_texts(row)
        shown = title if cell_len(title) <= name.width else title.removeprefix(LONG_PREFIX)
        cells: list[tuple[str, Tone]] = [(text, "plain") for text in (shown, *texts[:PROJECTED])]
        cells += [basis.measured_cell(text) for text in texts[PROJECTED:]]
        pairs = zip(columns, cells, strict=True)
        lines.append(spaced(*(column.cell(*cell) for column, cell in pairs)))
    return [(Span(" "), *each) for each in lines]


def _kinds_line(columns: Sequence[Column]) -> Line:
    """Over the headings: which of the columns are projected and which measured."""
    name, *figures = columns
    spans = [Span(" " * name.width)]
    for title, group in (("projected", figures[:PROJECTED]), ("measured", figures[PROJECTED:])):
        width = sum(column.width + 1 for column in group) - 1
        first = group[0]
        margin = " " * (first.width - len(first.title))
        spans.append(Span(f"{margin}{f' {title} ':─^{width - len(margin)}}", "dim"))
    return spaced(*spans)


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
