"""The plan as an investment, rent against purchase, and what would turn the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import units
from advisor.advice.attribution_text import interaction_text, strong_interactions
from advisor.advice.break_even_text import buying_text
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS
from advisor.tui.render.line import (
    BLANK,
    Column,
    Line,
    Span,
    Tone,
    fit_start,
    heading,
    line,
    rule,
    spaced,
    wrap,
)

if TYPE_CHECKING:
    from advisor.advice.economics import Economics
    from advisor.advice.plan import Plan
    from advisor.advice.plan_economics import PlanEconomics
    from advisor.advice.tornado import Sensitivity

NARROW = 72
"""Below this width present value and return are left out; the plan's file has them."""
BAR_FROM = 110
"""From this width on a bar shows each swing beside its figures."""


def economics_lines(plan: Plan, found: PlanEconomics | None, width: int) -> list[Line]:
    if found is None:
        return [BLANK, line(Span(" what it is worth is being worked out", "dim"))]
    return [
        *_investments(plan, found, width),
        *_shares(found, width),
        *_buying(found, width),
        *_inputs(found, width),
    ]


def _shares(found: PlanEconomics, width: int) -> list[Line]:
    if found.shares is None or len(found.shares.shares) < 2:
        return []
    parts = COMPONENTS if width >= NARROW else ()
    titles = {**COMPONENT_TITLES, "training_and_deployment": "training+"}
    columns = (
        Column("", max(10, min(36, width - 14 - 11 * len(parts))), "left"),
        Column("saves/month", 11),
        *(Column(titles[part], 10) for part in parts),
    )
    lines = [BLANK, rule("which step earns it (Shapley)", width), (Span(" "), *heading(columns))]
    for each in found.shares.shares:
        figures = (each.usd_per_month, *(each.by_component[part] for part in parts))
        texts = (str(each.choice), *map(units.usd, figures))
        cells = (column.cell(text) for column, text in zip(columns, texts, strict=True))
        lines.append((Span(" "), *spaced(*cells)))
    for interaction in strong_interactions(found.shares):
        lines += wrap(interaction_text(interaction), width, " ", "dim")
    return lines


def _investments(plan: Plan, found: PlanEconomics, width: int) -> list[Line]:
    figures: tuple[Column, ...] = (
        Column("up-front", 10), Column("saves/month", 11), Column("payback", 12),
        Column("NPV", 10), Column("return", 8),
    )  # fmt: skip
    figures = figures if width >= NARROW else figures[:3]
    taken = sum(column.width + 1 for column in figures)
    columns = (Column("", max(10, min(36, width - taken - 2)), "left"), *figures)
    rows: list[tuple[str, Economics, Tone]] = [("the plan", found.plan, "title")]
    rows += [
        (f"{number}. {step.choice}", each, "plain")
        for number, (step, each) in enumerate(zip(plan.steps, found.steps, strict=True), start=1)
    ]
    rows = rows if plan.steps else []
    rows += [
        (f"{'!' if each.broken else ''}{each.choice} alone", each.economics, "dim")
        for each in found.alone
    ]
    lines = [BLANK, rule(_title(found.plan), width), (Span(" "), *heading(columns))]
    for name, each, tone in rows:
        texts = (name, *_texts(each))[: len(columns)]
        cells = (column.cell(text, tone) for column, text in zip(columns, texts, strict=True))
        lines.append((Span(" "), *spaced(*cells)))
    broken = [f"{each.choice} ({', '.join(each.broken)})" for each in found.alone if each.broken]
    if broken:
        lines += wrap(f"! alone it breaks a limit: {', '.join(broken)}", width, " ", "warn")
    rate = found.plan.discount_rate_per_year
    if rate is not None and rate.source is not None:
        lines += wrap(f"discount rate: {rate.source}", width, " ", "dim")
    return lines


def _title(found: Economics) -> str:
    rate = found.discount_rate_per_year
    share = "at no stated rate" if rate is None else f"at {units.percent(rate.expected)} a year"
    return f"worth over {found.horizon_months:g} months {share}"


def _texts(found: Economics) -> tuple[str, ...]:
    saving, payback = found.saving_usd_per_month, found.payback_months
    worth, gain = found.net_present_value_usd, found.return_fraction
    return (
        units.usd(found.up_front_usd.expected),
        units.usd(saving.expected if saving else None),
        units.months(payback.expected if payback else None),
        units.usd(worth.expected if worth else None),
        "–"
        if saving and gain is None
        else units.percent(gain.expected if gain else None, digits=0),
    )


def _buying(found: PlanEconomics, width: int) -> list[Line]:
    if found.buying is None:
        return []
    lines = [BLANK, rule("rent or buy", width), *wrap(buying_text(found.buying), width, " ")]
    for text in found.buying.missing:
        lines += wrap(f"not in these figures: {text}", width, " ", "warn")
    return lines


def _inputs(found: PlanEconomics, width: int) -> list[Line]:
    if not found.inputs:
        return []
    figures = (
        Column("low", 9), Column("high", 9), Column("at low", 8), Column("at high", 8),
        Column("turns at", 9),
    )  # fmt: skip
    bar = 30 if width >= BAR_FROM else 0
    taken = sum(column.width + 1 for column in figures) + (bar and bar + 1)
    columns = (
        Column("input", max(10, min(60, width - taken - 2)), "left"),
        *figures,
    )
    widest = max(each.swing_usd for each in found.inputs)
    title = "what would turn the decision: the month's saving as one input moves"
    lines = [BLANK, rule(title, width), (Span(" "), *heading(columns))]
    for each in found.inputs:
        key, *others = columns
        cells = [Span(fit_start(each.key, key.width))]
        cells += [
            column.cell(text) for column, text in zip(others, _input_texts(each), strict=True)
        ]
        if bar and widest > 0:
            cells.append(Span("█" * round(bar * each.swing_usd / widest), "accent"))
        lines.append((Span(" "), *spaced(*cells)))
    return lines


def _input_texts(each: Sensitivity) -> tuple[str, ...]:
    ranged = each.low < each.high
    return (
        _input(each.low),
        _input(each.high) if ranged else "–",
        units.usd(each.saving_at_low_usd),
        units.usd(each.saving_at_high_usd) if ranged else "–",
        "holds" if each.flip is None else _input(each.flip),
    )


def _input(value: float) -> str:
    """With a multiple from a million on: more digits than that have no room."""
    return units.count(value) if abs(value) >= 1e6 else units.number(value)
