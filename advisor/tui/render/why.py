"""Why a strategy pays or does not: what it does, what the rules say, and what it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import units
from advisor.tui.render import basis
from advisor.tui.render.line import BLANK, Line, Tone, line, rule, wrap

if TYPE_CHECKING:
    from advisor.session_snapshot import Snapshot, StrategyRow


def why_title(row: StrategyRow | None, width: int) -> Line:
    return rule(f"why: {row.choice.strategy.title}" if row else "why", width)


def why_lines(snapshot: Snapshot, row: StrategyRow, width: int) -> list[Line]:
    strategy = row.choice.strategy
    lines: list[Line] = []
    if row.unavailable is not None:
        lines += wrap(row.unavailable, width, " ", "warn")
    for finding in snapshot.findings:
        said = {
            "recommended": finding.recommends, "caution": finding.cautions, "no": finding.forbids,
        }  # fmt: skip
        for word, slugs in said.items():
            if strategy.slug in slugs:
                tone: Tone = "good" if word == "recommended" else "warn"
                lines += wrap(f"{word}: {finding.reason}", width, " ", tone)
    lines += wrap(f"{strategy.summary[0].upper()}{strategy.summary[1:]}.", width, " ")
    for parameter in strategy.parameters:
        levels = ", ".join(str(level) for level in parameter.levels)
        now = row.choice.all_levels()[parameter.name]
        is_stepped = parameter == row.stepped and len(strategy.parameters) > 1
        name = f"‹{parameter.name}›" if is_stepped else parameter.name
        lines += wrap(f"{name} {now} of {levels}: {parameter.meaning}", width, " ")
    if row.measured_alone is not None:
        lines += wrap(_measured(row), width, " ", "accent")
    drop = strategy.quality_drop(row.choice.all_levels())
    if drop.high > 0:
        stated = f"{units.percent(drop.low, digits=2)} to {units.percent(drop.high, digits=2)}"
        lines += wrap(f"Quality lost, published: {stated} ({strategy.quality_source})", width, " ")
    days = strategy.effort_days
    lines += wrap(f"Work: {days.low:g} to {days.high:g} engineer days.", width, " ")
    return lines


def _measured(row: StrategyRow) -> str:
    """One line on the measurement of this strategy alone, its error beside it."""
    found = row.measured_alone
    assert found is not None
    runs = found.measurement
    text = (
        f"{basis.measured(found)} alone: {units.seconds(runs.baseline.latency_s.median)} → "
        f"{units.seconds(runs.variant.latency_s.median)}; {basis.projection_error(found)}"
    )
    if runs.quality_drop is not None:
        text += f"; quality lost {units.percent(runs.quality_drop, digits=2)}"
    return text


def manual_lines(snapshot: Snapshot, row: StrategyRow, width: int) -> list[Line]:
    """Everything about one strategy: why it pays here, then its manual."""
    lines = [*why_lines(snapshot, row, width), BLANK]
    for paragraph in row.choice.strategy.manual.split("\n\n"):
        title, _, rest = paragraph.partition("\n")
        if title.startswith("## "):
            lines.append(rule(title[3:], width))
        lines += [*wrap(rest if title.startswith("## ") else paragraph, width, " "), BLANK]
    return [*lines, line(f" advisor explain {row.choice.slug} prints this.")]
