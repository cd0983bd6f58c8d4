"""The list of strategies: a line each, with what switching it does and what that stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.cells import cell_len

from advisor import units
from advisor.tui.render import basis
from advisor.tui.render.bill_bars import change_tone
from advisor.tui.render.line import Column, Line, Span, Tone, fit, heading, rule, spaced, span

if TYPE_CHECKING:
    from advisor.projection.result import Projection
    from advisor.session_snapshot import Snapshot, StrategyRow
    from advisor.tui.queue import States

MARKS_WIDTH = 5
LEAST_FOR_UNIT = 18
"""Columns of the name from which on the unit of the figures beside it has room in its heading."""
WIDE = 104
"""From this width on the change is a share too, and quality has its column."""
Columns = Mapping[str, Column]
"""By what they hold; the order is that on the screen."""


def _columns(width: int) -> Columns:
    wide = width >= WIDE
    figures = {"projected": Column("projected", 10)}
    if wide:
        figures["change"] = Column("%", 7)
    figures |= {
        "range": Column("range", 7, "left"), "measured": Column("measured", 10),
        "error": Column("error", 6), "latency": Column("latency", 7),
        "memory": Column("memory", 7),
    }  # fmt: skip
    if wide:
        figures["quality"] = Column("quality", 8)
    else:
        del figures["error"]
    taken = MARKS_WIDTH + sum(column.width + 1 for column in figures.values())
    name = max(12, width - taken)
    title = f"strategy{'$/month':>{name - 8}}" if name >= LEAST_FOR_UNIT else "strategy"
    return {"name": Column(title, name, "left"), **figures}


def strategies_heading(width: int) -> Line:
    return (Span(" " * (MARKS_WIDTH + 1)), *heading(tuple(_columns(width).values())))


def strategy_lines(snapshot: Snapshot, states: States, width: int) -> list[Line]:
    columns = _columns(width)
    return [_strategy_line(snapshot, row, states, columns, width) for row in snapshot.rows]


def family_line(snapshot: Snapshot, family: str, width: int) -> Line:
    """The heading of a family, and how many of it are on."""
    on = sum(row.is_on for row in snapshot.rows if row.choice.strategy.family == family)
    return rule(f"{family}, {on} on" if on else family, width)


def marks(snapshot: Snapshot, row: StrategyRow) -> str:
    """`[x]` on, `[ ]` off, `[-]` not on this hardware, `[!]` a conflict; then what rules say."""
    if row.is_on:
        box = "[x]"
    elif row.unavailable is None:
        box = "[ ]"
    else:
        box = "[!]" if conflicting(snapshot, row) else "[-]"
    advice = "✗" if row.forbidden else "!" if row.cautioned else "✓" if row.recommended else " "
    return f"{box}{advice} "


def conflicting(snapshot: Snapshot, row: StrategyRow) -> bool:
    """Whether another strategy that is on stands in the way, and not the hardware."""
    return any(
        row.choice.slug in other.strategy.conflicts or other.slug in row.choice.strategy.conflicts
        for other in snapshot.chosen
    )


def without_and_with(snapshot: Snapshot, row: StrategyRow) -> tuple[Projection, Projection]:
    """What is on without this strategy, and with it; for one that can be switched."""
    assert row.toggled is not None, "only what can be switched is projected"
    if row.is_on:
        return row.toggled, snapshot.selected
    return snapshot.selected, row.toggled


def _name(row: StrategyRow, width: int) -> str:
    """Title (slug where that is too long) and the level of each parameter.

    Of several, the one that is stepped stands between ‹ ›.
    """
    found = {name: str(level) for name, level in row.choice.all_levels().items()}
    if row.stepped is not None and len(found) > 1:
        found[row.stepped.name] = f"‹{found[row.stepped.name]}›"
    levels = " ".join(found.values())
    title = row.choice.strategy.title
    shown = title if cell_len(f"{title} {levels}") <= width else row.choice.slug
    return f"{shown} {levels}".rstrip()


def _strategy_line(
    snapshot: Snapshot, row: StrategyRow, states: States, columns: Columns, width: int
) -> Line:
    name = columns["name"]
    tone: Tone = "plain" if row.is_on or row.unavailable is None else "dim"
    head = (span(marks(snapshot, row), tone), name.cell(_name(row, name.width), tone), Span(" "))
    if row.unavailable is not None and not row.is_on:
        room = width - MARKS_WIDTH - name.width - 1
        return (*head, Span(fit(f" {row.unavailable}", room), "dim"))
    texts = _figures(snapshot, row, states.get(row.choice.slug))
    cells = [column.cell(*texts[key]) for key, column in columns.items() if key != "name"]
    return (*head, *spaced(*cells))


def _figures(
    snapshot: Snapshot, row: StrategyRow, state: str | None
) -> dict[str, tuple[str, Tone]]:
    """Text and tone of each figure by the name of its column."""
    before, after = without_and_with(snapshot, row)
    old, new = before.bill.total().expected, after.bill.total().expected
    memory = (before.inference_memory_bytes.expected, after.inference_memory_bytes.expected)
    quality = before.quality_drop.expected - after.quality_drop.expected
    tone = change_tone(new - old)
    return {
        "projected": (units.delta_usd(new - old), tone),
        "change": (basis.change_of(old, new), tone),
        "range": (basis.range_of(basis.saving(before, after)), "dim"),
        "measured": _measured(row, state),
        "error": (_error(row), "dim"),
        "latency": (basis.change_of(before.latency_s.expected, after.latency_s.expected), "plain"),
        "memory": (basis.change_of(*memory), "plain"),
        "quality": (units.points(quality), "plain"),
    }


def _measured(row: StrategyRow, state: str | None) -> tuple[str, Tone]:
    """How far its measurement is, else what it saved alone; nothing where none was taken."""
    if state is not None:
        return (state, "accent")
    if row.measured_alone is None:
        return ("", "plain")
    saved = row.measured_saving_usd
    if saved is None:
        return ("elsewhere", "dim")  # on other hardware than the bill is about
    return (units.delta_usd(-saved), change_tone(-saved))


def _error(row: StrategyRow) -> str:
    """Of the projection that was measured."""
    found = row.measured_alone
    if found is None or found.latency_error is None:
        return ""
    return units.percent(found.latency_error, signed=True, digits=0)
