"""What the selection does: the bill as bars and by component, and the objectives as gauges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from advisor import units
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Component, Projection
from advisor.tui.render import basis
from advisor.tui.render.bill_bars import SHORT_TITLES, SIGNS, bar_lines, change_tone, legend_line
from advisor.tui.render.bill_bars import TONES as COMPONENT_TONES
from advisor.tui.render.gauges import broken_elsewhere, gauge_lines
from advisor.tui.render.line import Column, Line, Span, Tone, heading, rule, spaced

if TYPE_CHECKING:
    from advisor.session_snapshot import Snapshot

SHORT_HEIGHT, TALL_HEIGHT = 8, 12
NARROW, WIDE = 72, 92
"""Below the one measured costs are left to the bar; from the other on their change is shown."""


def _columns(width: int) -> tuple[Column, ...]:
    figures = [
        Column("before", 11), Column("projected", 11), Column("delta", 10), Column("%", 7),
        Column("measured", 10),
    ]  # fmt: skip
    if width >= WIDE:
        figures.append(Column("measured %", 10))
    if width < NARROW:
        del figures[-1]
    taken = sum(column.width + 1 for column in figures)
    name = Column("", max(10, min(24, width - taken - 3)), "left")
    return (name, *figures)


def effect_title(snapshot: Snapshot, width: int) -> Line:
    """How many strategies are on, and what the two kinds of figures stand on."""
    count = len(snapshot.chosen)
    parts = [f"effect of {count} on"]
    if count:
        parts.append(basis.projected(basis.saving(snapshot.before, snapshot.selected)))
    broken = broken_elsewhere(snapshot.selected)
    if broken:
        parts.append(f"BREAKS {', '.join(broken)}")
    if snapshot.measured is not None:
        parts.append(f"{basis.measured(snapshot.measured)}, "
                     f"{basis.projection_error(snapshot.measured)}")  # fmt: skip
    return rule(" · ".join(parts), width)


def effect_lines(snapshot: Snapshot, width: int, height: int) -> list[Line]:
    """SHORT_HEIGHT lines, or from TALL_HEIGHT on the components as a table instead of a legend."""
    by_component = (
        component_lines(snapshot, width)
        if height >= TALL_HEIGHT
        else [legend_line(snapshot, width)]
    )
    return [*bar_lines(snapshot, width), *by_component, *gauge_lines(snapshot, width)]


def component_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """The bill by component under a heading: before, projected and measured, and the changes."""
    columns = _columns(width)
    rows = [_component_line(component, snapshot, columns) for component in COMPONENTS]
    return [(Span("   "), *heading(columns)), *rows]


def _component_line(component: Component, snapshot: Snapshot, columns: Sequence[Column]) -> Line:
    old, new = (
        each.bill.total(component).expected for each in (snapshot.before, snapshot.selected)
    )
    tone = change_tone(new - old)
    found = snapshot.measured
    before, after = (None, None) if found is None else (found.before, found.after)
    measured_change = basis.NOT_MEASURED
    if before is not None and after is not None:
        measured_change = basis.change_of(
            before.bill.total(component).expected, after.bill.total(component).expected
        )
    cells: list[tuple[str, Tone]] = [
        (_title(component, columns[0].width), "plain"),
        (_cost(snapshot.before, component), "plain"),
        (_cost(snapshot.selected, component), "plain"),
        (units.delta_usd(new - old), tone),
        (basis.change_of(old, new), tone),
        basis.measured_cell(_cost(after, component)),
        basis.measured_cell(measured_change),
    ]
    figures = [column.cell(*cell) for column, cell in zip(columns, cells, strict=False)]
    sign = Span(SIGNS[component], COMPONENT_TONES[component])
    return (Span(" "), sign, Span(" "), *spaced(*figures))


def _title(component: Component, width: int) -> str:
    title = COMPONENT_TITLES[component]
    return title if cell_len(title) <= width else SHORT_TITLES[component]


def _cost(projection: Projection | None, component: Component) -> str:
    if projection is None:
        return basis.NOT_MEASURED
    bill = projection.bill
    return units.usd(bill.total(component).expected, at_least=bool(bill.missing_in(component)))
