"""Latency, memory and quality: before, projected and measured, and a gauge of the objective."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from advisor import units
from advisor.tui.render import basis
from advisor.tui.render.bars import bar
from advisor.tui.render.line import Column, Line, Span, Tone, heading, spaced

if TYPE_CHECKING:
    from advisor.projection.result import Constraint, Projection
    from advisor.session_snapshot import Snapshot

_TIMES = {
    "latency": "", "time to first token": " to first", "time per output token": "/token",
}  # fmt: skip
"""Names of constraints on time, and what is said behind the limit."""
_SHOWN = (*_TIMES, "memory, serving", "quality")
_COLUMNS: Mapping[str, Column] = {
    "name": Column("", 8, "left"), "before": Column("before", 9),
    "projected": Column("projected", 9), "change": Column("%", 7),
    "measured": Column("measured", 9),
}  # fmt: skip
"""By the fields of a row that stand in them."""
LEAST_BAR, LONGEST_BAR = 4, 30
NARROW = 72
"""Below this width the figure before is left out."""


@dataclass(frozen=True)
class _Row:
    name: str
    before: str
    projected: str
    change: str
    measured: str
    constraint: Constraint | None


def gauge_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """A heading and three rows; of several objectives on time the one nearest to its limit."""
    columns = {key: each for key, each in _COLUMNS.items() if width >= NARROW or key != "before"}
    room = width - sum(column.width + 1 for column in columns.values()) - 2
    titles = heading(tuple(columns.values()))
    lines: list[Line] = [(Span(" "), *titles, Span(" "), Span("objective"[:room], "title"))]
    rows = (_latency(snapshot), _memory(snapshot), _quality(snapshot))
    told = [_words(row.constraint) for row in rows]
    bar_width = min(LONGEST_BAR, room - max(cell_len(words) for words, _ in told) - 3)
    for row, (words, tone) in zip(rows, told, strict=True):
        cells = [column.cell(*_cell(row, key)) for key, column in columns.items()]
        gauge = _gauge(row.constraint, words[:room], tone, bar_width)
        lines.append((Span(" "), *spaced(*cells), Span(" "), *gauge))
    return lines


def _cell(row: _Row, key: str) -> tuple[str, Tone]:
    text: str = getattr(row, key)
    return basis.measured_cell(text) if key == "measured" else (text, "plain")


def broken_elsewhere(projection: Projection) -> tuple[str, ...]:
    """Names of the constraints that do not hold and have no gauge."""
    return tuple(
        each.name
        for each in projection.constraints
        if each.met is False and each.name not in _SHOWN
    )


def _latency(snapshot: Snapshot) -> _Row:
    old, new = snapshot.before.latency_s.expected, snapshot.selected.latency_s.expected
    found = snapshot.measured
    measured = None if found is None or found.after is None else found.after.latency_s.expected
    return _Row(
        "latency", units.seconds(old), units.seconds(new), basis.change_of(old, new),
        basis.NOT_MEASURED if found is None else units.seconds(measured),
        _nearest(snapshot, tuple(_TIMES)),
    )  # fmt: skip


def _memory(snapshot: Snapshot) -> _Row:
    old = snapshot.before.inference_memory_bytes.expected
    new = snapshot.selected.inference_memory_bytes.expected
    found = snapshot.measured
    peak = None if found is None else found.measurement.variant.peak_memory_bytes
    return _Row(
        "memory", units.memory(old), units.memory(new), basis.change_of(old, new),
        basis.NOT_MEASURED if found is None else units.memory(peak),
        _nearest(snapshot, ("memory, serving",)),
    )  # fmt: skip


def _quality(snapshot: Snapshot) -> _Row:
    drop = snapshot.selected.quality_drop
    found = snapshot.measured
    lost = None if found is None else found.measurement.quality_drop
    measured = units.UNKNOWN if lost is None else units.points(-lost)
    if found is None:
        measured = basis.NOT_MEASURED
    return _Row(
        "quality", "baseline", units.points(-drop.expected), "–", measured,
        _nearest(snapshot, ("quality",)),
    )  # fmt: skip


def _nearest(snapshot: Snapshot, names: Sequence[str]) -> Constraint | None:
    """The one of `names` that uses most of its limit; what is not known comes first."""
    there = [each for each in snapshot.selected.constraints if each.name in names]
    return max(there, key=_used, default=None)


def _used(constraint: Constraint) -> float:
    if constraint.value is None:
        return float("inf")
    if constraint.limit > 0:
        return constraint.value / constraint.limit
    return 0.0 if constraint.met else float("inf")


def _words(constraint: Constraint | None) -> tuple[str, Tone]:
    """How much of the limit is used, and whether it holds."""
    if constraint is None:
        return "no objective is set", "dim"
    limit = _limit_text(constraint)
    if constraint.value is None:
        return f"unknown, limit {limit}", "warn"
    used = _used(constraint)
    share = f"over {limit}" if used == float("inf") else f"{_share(used)} of {limit}"
    if constraint.met:
        return f"kept {share}", "good"
    return f"BROKEN {share}", "bad"


def _gauge(constraint: Constraint | None, words: str, tone: Tone, length: int) -> list[Span]:
    """A bar, which a broken limit fills, before the words; all bars end in the same column."""
    if constraint is None or constraint.value is None or length < LEAST_BAR:
        return [Span(words, tone)]
    used = min(_used(constraint), 1.0)
    return [Span("["), Span(bar(used, length), tone), Span("] "), Span(words, tone)]


def _share(used: float) -> str:
    return "<1%" if 0 < used < 0.01 else f"{used:.0%}"


def _round(text: str) -> str:
    """Limits are round figures: their decimals say nothing."""
    return re.sub(r"\.0+(?= )", "", text)


def _limit_text(constraint: Constraint) -> str:
    match constraint.unit:
        case "s":
            return f"{_round(units.seconds(constraint.limit))}{_TIMES.get(constraint.name, '')}"
        case "bytes":
            return _round(units.memory(constraint.limit))
        case "fraction":
            return f"{constraint.limit * 100:.2f}pt"
        case "accelerators":
            return f"{constraint.limit:g} accelerators"
