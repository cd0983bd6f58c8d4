"""The list of strategies: a line each, with what switching it does and what that stands on."""

from __future__ import annotations

from rich.cells import cell_len

from advisor import units
from advisor.projection.result import Projection
from advisor.session import Snapshot, StrategyRow
from advisor.tui.render import basis
from advisor.tui.render.line import Column, Line, Span, Tone, fit, heading, spaced, span

MARKS_WIDTH = 5
WIDE = 96
"""From this width on, titles stand in place of slugs and quality has its column."""


def _columns(width: int) -> tuple[Column, ...]:
    wide = width >= WIDE
    figures = [Column("$/month", 9), Column("%", 7), Column("latency", 7), Column("memory", 7)]
    if wide:
        figures.append(Column("quality", 8))
    basis_column = Column("basis", 23 if wide else 15, "left")
    taken = MARKS_WIDTH + sum(column.width + 1 for column in (*figures, basis_column)) + 1
    name = Column("strategy", max(12, width - taken), "left")
    return (name, *figures, basis_column)


def strategies_heading(width: int) -> Line:
    return (Span(" " * (MARKS_WIDTH + 1)), *heading(_columns(width)))


def strategy_lines(snapshot: Snapshot, width: int) -> list[Line]:
    columns = _columns(width)
    return [_strategy_line(snapshot, row, columns, width) for row in snapshot.rows]


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
    """Title (slug where that is too long) and the level of each parameter."""
    levels = " ".join(str(level) for level in row.choice.all_levels().values())
    title = row.choice.strategy.title
    shown = title if cell_len(f"{title} {levels}") <= width else row.choice.slug
    return f"{shown} {levels}".rstrip()


def _strategy_line(
    snapshot: Snapshot, row: StrategyRow, columns: tuple[Column, ...], width: int
) -> Line:
    name, *figures, basis_column = columns
    tone: Tone = "plain" if row.is_on or row.unavailable is None else "dim"
    head = (span(marks(snapshot, row), tone), name.cell(_name(row, name.width), tone), Span(" "))
    if row.unavailable is not None and not row.is_on:
        room = width - MARKS_WIDTH - name.width - 2
        return (*head, Span(fit(f" {row.unavailable}", room), "dim"))
    texts = _figures(snapshot, row)
    cells = [column.cell(*text) for column, text in zip(figures, texts, strict=False)]
    return (
        *head,
        *spaced(*cells, basis_column.cell(_basis(snapshot, row, basis_column.width), "dim")),
    )


def _figures(snapshot: Snapshot, row: StrategyRow) -> list[tuple[str, Tone]]:
    """Text and tone of each figure, in the order of the columns."""
    before, after = without_and_with(snapshot, row)
    old, new = before.bill.total().expected, after.bill.total().expected
    if row.measured_saving_usd is not None:
        new = old - row.measured_saving_usd
    change = new - old
    memory = (before.inference_memory_bytes.expected, after.inference_memory_bytes.expected)
    quality = before.quality_drop.expected - after.quality_drop.expected
    return [
        (units.delta_usd(change), _tone(change)),
        (basis.change_of(old, new), _tone(change)),
        (basis.change_of(before.latency_s.expected, after.latency_s.expected), "plain"),
        (basis.change_of(*memory), "plain"),
        (units.points(quality), "plain"),
    ]


def _tone(change: float) -> Tone:
    return "plain" if abs(change) < 0.005 else "good" if change < 0 else "bad"


def _basis(snapshot: Snapshot, row: StrategyRow, room: int) -> str:
    """What the saving stands on; the projection's error beside a measurement where it fits."""
    found = row.measured_alone
    if found is not None and row.measured_saving_usd is not None:
        error = found.latency_error
        short = basis.measured(found)
        whole = f"{short} err {units.percent(error, signed=True, digits=0)}"
        return short if error is None or len(whole) > room else whole
    return basis.projected(basis.saving(*without_and_with(snapshot, row)))
