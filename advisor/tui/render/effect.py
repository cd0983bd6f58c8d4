"""What the selection does: cost by component, latency, memory and quality, before and after."""

from __future__ import annotations

from collections.abc import Sequence

from advisor import units
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Component, Projection
from advisor.session import Snapshot
from advisor.tui.render import basis
from advisor.tui.render.line import Column, Line, Span, Tone, heading, rule, spaced

WIDE = 92
"""From this width on the measured change has a column of its own."""


def _columns(width: int) -> tuple[Column, ...]:
    figures = [
        Column("before", 11), Column("projected", 11), Column("delta", 10), Column("%", 7),
        Column("measured", 11),
    ]  # fmt: skip
    if width >= WIDE:
        figures.append(Column("measured %", 10))
    taken = sum(column.width + 1 for column in figures)
    name = Column("", max(10, min(24, width - taken - 2)), "left")
    return (name, *figures)


def effect_title(snapshot: Snapshot, width: int) -> Line:
    """How many strategies are on, and what the two kinds of figures stand on."""
    count = len(snapshot.chosen)
    parts = [f"effect of {count} on"]
    if count:
        parts.append(basis.projected(basis.saving(snapshot.before, snapshot.selected)))
    if snapshot.measured is not None:
        parts.append(f"{basis.measured(snapshot.measured)}, "
                     f"{basis.projection_error(snapshot.measured)}")  # fmt: skip
    return rule(" · ".join(parts), width)


def effect_lines(snapshot: Snapshot, width: int) -> list[Line]:
    columns = _columns(width)
    shown = [heading(columns), _cost_line("$/month", None, snapshot, columns)]
    for component in COMPONENTS:
        title = f"  {COMPONENT_TITLES[component]}"
        shown.append(_cost_line(title, component, snapshot, columns))
    shown.append(_latency_line(snapshot, columns))
    shown.append(_memory_line(snapshot, columns))
    shown.append(_quality_line(snapshot, columns))
    return [(Span(" "), *each) for each in shown]


def _measured_bills(snapshot: Snapshot) -> tuple[Projection | None, Projection | None]:
    found = snapshot.measured
    return (None, None) if found is None else (found.before, found.after)


def _line(columns: Sequence[Column], cells: Sequence[tuple[str, Tone]]) -> Line:
    return spaced(*(column.cell(*cell) for column, cell in zip(columns, cells, strict=False)))


def _cost(projection: Projection | None, component: Component | None) -> str:
    if projection is None:
        return "–"
    bill = projection.bill
    return units.usd(bill.total(component).expected, at_least=bool(bill.missing_in(component)))


def _cost_line(
    title: str, component: Component | None, snapshot: Snapshot, columns: Sequence[Column]
) -> Line:
    before, after = snapshot.before, snapshot.selected
    old, new = (each.bill.total(component).expected for each in (before, after))
    tone: Tone = "plain" if abs(new - old) < 0.005 else "good" if new < old else "bad"
    measured_before, measured_after = _measured_bills(snapshot)
    measured_change = "–"
    if measured_before is not None and measured_after is not None:
        measured_change = basis.change_of(
            measured_before.bill.total(component).expected,
            measured_after.bill.total(component).expected,
        )
    return _line(
        columns,
        [
            (title, "title" if component is None else "plain"),
            (_cost(before, component), "plain"),
            (_cost(after, component), "plain"),
            (units.delta_usd(new - old), tone),
            (basis.change_of(old, new), tone),
            (_cost(measured_after, component), "accent"),
            (measured_change, "accent"),
        ],
    )


def _latency_line(snapshot: Snapshot, columns: Sequence[Column]) -> Line:
    old, new = snapshot.before.latency_s.expected, snapshot.selected.latency_s.expected
    _, measured = _measured_bills(snapshot)
    return _line(
        columns,
        [
            ("latency", "plain"),
            (units.seconds(old), "plain"),
            (units.seconds(new), "plain"),
            (_signed(units.seconds(new - old), new - old), "plain"),
            (basis.change_of(old, new), "plain"),
            ("–" if measured is None else units.seconds(measured.latency_s.expected), "accent"),
            _limit("latency", snapshot),
        ],
    )


def _memory_line(snapshot: Snapshot, columns: Sequence[Column]) -> Line:
    old = snapshot.before.inference_memory_bytes.expected
    new = snapshot.selected.inference_memory_bytes.expected
    found = snapshot.measured
    peak = None if found is None else found.measurement.variant.peak_memory_bytes
    return _line(
        columns,
        [
            ("memory", "plain"),
            (units.memory(old), "plain"),
            (units.memory(new), "plain"),
            (_signed(units.memory(new - old), new - old), "plain"),
            (basis.change_of(old, new), "plain"),
            ("–" if found is None else units.memory(peak), "accent"),
            _limit("memory, serving", snapshot),
        ],
    )


def _quality_line(snapshot: Snapshot, columns: Sequence[Column]) -> Line:
    drop = snapshot.selected.quality_drop
    found = snapshot.measured
    lost = None if found is None else found.measurement.quality_drop
    measured = "–" if found is None else units.UNKNOWN if lost is None else units.points(-lost)
    return _line(
        columns,
        [
            ("quality", "plain"),
            ("baseline", "plain"),
            (units.points(-drop.expected), "plain"),
            (units.points(-drop.expected), "plain"),
            ("–", "plain"),
            (measured, "accent"),
            _limit("quality", snapshot),
        ],
    )


def _signed(text: str, change: float) -> str:
    return f"+{text}" if change > 0 else text


def _limit(name: str, snapshot: Snapshot) -> tuple[str, Tone]:
    """Whether the constraint of that name is kept; nothing where the workload sets none."""
    found = next((each for each in snapshot.selected.constraints if each.name == name), None)
    if found is None:
        return ("", "plain")
    if found.met is None:
        return ("unknown", "warn")
    return ("kept", "good") if found.met else ("BROKEN", "bad")
