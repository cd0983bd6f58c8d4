"""The plan: its steps in order, what was rejected and why, and how far it is from the minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from advisor import units
from advisor.tui.render import basis
from advisor.tui.render.line import (
    BLANK,
    Column,
    Line,
    Span,
    Tone,
    fact_lines,
    fit,
    line,
    rule,
    spaced,
    wrap,
)

if TYPE_CHECKING:
    from advisor.advice.certificate import Certificate
    from advisor.advice.plan import Plan, Step
    from advisor.advice.plan_economics import PlanEconomics

STEPS_WIDTH = 100
"""Beyond it a step's figures would stand too far from its name."""


def plan_summary(plan: Plan) -> str:
    before, after = plan.before.bill.total().expected, plan.after.bill.total().expected
    if not plan.steps:
        return "no strategy that the rules recommend makes it cheaper within the constraints"
    return (
        f"{units.usd(before)} → {units.usd(after)} a month, "
        f"{basis.change_of(before, after)} in {units.counted(len(plan.steps), 'step')}, "
        f"{basis.projected(basis.saving(plan.before, plan.after))}"
    )


def plan_title(plan: Plan | None, width: int) -> Line:
    """What the plan saves and how far it is from the minimum, as the title of its steps."""
    if plan is None or not plan.steps:
        return rule("plan (r selects it)", width)
    saved = units.delta_usd(plan.after.bill.total().expected - plan.before.bill.total().expected)
    share = units.percent(plan.certificate.distance_fraction, digits=2)
    return rule(f"plan: {saved}, {share} above minimum", width)


def overview_lines(plan: Plan, found: PlanEconomics | None, width: int) -> list[Line]:
    """Everything that decides about a plan, in a line or two each."""
    facts: list[tuple[str, str, Tone]] = [
        ("bill", plan_summary(plan), "plain"), ("certificate", _distance(plan), "plain"),
    ]  # fmt: skip
    if plan.steps:
        low, high = (sum(getattr(step.effort_days, end) for step in plan.steps)
                     for end in ("low", "high"))  # fmt: skip
        worth = "" if found is None else f"; {_worth(found)}"
        facts.append(("work", f"{low:g} to {high:g} engineer days{worth}", "plain"))
        unsigned = plan.unsigned
        signing = f"needed for {', '.join(unsigned)}" if unsigned else "no step needs one"
        facts.append(("sign-off", signing, "warn" if unsigned else "plain"))
    broken = [each.name for each in plan.after.broken_constraints]
    limits = f"BREAKS {', '.join(broken)}" if broken else "all kept"
    facts.append(("limits", limits, "bad" if broken else "good"))
    return fact_lines(facts, width)


def _distance(plan: Plan) -> str:
    certificate = plan.certificate
    least = units.usd(certificate.minimum_usd_per_month)
    if not certificate.minimum_is_feasible:
        return "no setup at all keeps every limit"
    distance = units.usd(certificate.distance_usd_per_month)
    share = units.percent(certificate.distance_fraction, digits=2)
    return (
        f"{distance} ({share}) above the exact minimum of {least}, "
        f"of {certificate.setups:,} setups (R selects it)"
    )


def _worth(found: PlanEconomics) -> str:
    each = found.plan
    payback, worth = each.payback_months, each.net_present_value_usd
    return (
        f"{units.usd(each.up_front_usd.expected)} up front, paid back in "
        f"{units.months(payback.expected if payback else None)}, net present value "
        f"{units.usd(worth.expected if worth else None)} over {each.horizon_months:g} months"
    )


def step_lines(plan: Plan, width: int) -> list[Line]:
    """One line a step: the order, the strategy, its saving and its work."""
    columns = (
        Column("", 2), Column("", max(12, min(width, STEPS_WIDTH) - 37), "left"), Column("", 9),
        Column("", 15, "left"), Column("", 5),
    )  # fmt: skip
    lines = []
    for number, step in enumerate(plan.steps, start=1):
        texts = (
            str(number), _name(step, columns[1].width), _change(step), _basis(step),
            f"{step.effort_days.expected:g} d",
        )  # fmt: skip
        cells = (column.cell(text) for column, text in zip(columns, texts, strict=True))
        lines.append(line(" ", *spaced(*cells)))
    return lines or wrap(plan_summary(plan), width, " ")


def plan_lines(plan: Plan, width: int) -> list[Line]:
    lines = [BLANK, rule("steps", width)] if plan.steps else []
    for number, step in enumerate(plan.steps, start=1):
        lines += _step_lines(number, step, width)
    lines += [BLANK, rule("how far from the true minimum", width)]
    lines += wrap(certificate_text(plan.certificate), width, " ")
    for left in plan.certificate.left_out:
        lines += wrap(f"only the minimum has {left.choice}: {left.reason}", width, " ", "dim")
    return lines


def rejected_lines(plan: Plan, width: int) -> list[Line]:
    """By reason: most strategies are rejected for one of a few."""
    slugs: dict[str, list[str]] = {}
    for rejected in plan.rejected:
        slugs.setdefault(rejected.reason, []).append(rejected.slug)
    lines = [BLANK, rule(f"rejected ({len(plan.rejected)})", width)]
    for reason, found in slugs.items():
        lines += wrap(f"{reason}:", width, " ")
        lines += wrap(", ".join(found), width, "   ", "dim")
    return lines


def certificate_text(certificate: Certificate) -> str:
    """What the exact search over every setup found beside the plan."""
    distance = units.usd(certificate.distance_usd_per_month)
    share = units.percent(certificate.distance_fraction, digits=2)
    chosen = ", ".join(str(choice) for choice in certificate.minimum_selection) or "nothing on"
    guards = ", ".join(str(choice) for choice in certificate.forbidden)
    price = units.usd(certificate.guards_usd_per_month)
    return (
        f"Exact search over {certificate.setups:,} setups ({certificate.evaluated:,} evaluated "
        f"whole, {certificate.pruned:,} left out by proven bounds): the "
        f"minimum is {units.usd(certificate.minimum_usd_per_month)} a month "
        f"({chosen}); the plan is {distance} ({share}) above it."
        + (f" Without {guards}, which rules forbid, it is {price} dearer." if guards else "")
    )


def _name(step: Step, width: int | None = None) -> str:
    """The title (slug where that has no room) with the levels."""
    levels = " ".join(str(level) for level in step.choice.all_levels().values())
    shown = f"{step.title} {levels}".rstrip()
    if width is None or cell_len(shown) <= width:
        return shown
    return f"{step.choice.slug} {levels}".rstrip()


def _change(step: Step) -> str:
    return units.delta_usd(-step.saving_usd_per_month.expected)


def _basis(step: Step) -> str:
    return basis.projected(step.saving_usd_per_month)


def _step_lines(number: int, step: Step, width: int) -> list[Line]:
    days = step.effort_days
    said = f"  {_basis(step)}  {days.low:g} to {days.high:g} days"
    change = f"{_change(step)}/month"
    name = f" {number}. {_name(step)}"
    room = max(8, width - cell_len(said + change) - 2)
    lines = [
        line(
            Span(f"{fit(name, min(room, cell_len(name)))}  ", "title"),
            Span(change, "good"),
            Span(said, "dim"),
        )
    ]
    facts = [("why", reason) for reason in step.why]
    facts += [("risk", step.risk), ("check", step.check), ("roll back when", step.roll_back)]
    for name, text in facts:
        lines += wrap(f"{name}: {text}", width, "    ")
    if step.sign_off is not None:
        lines += wrap(f"needs sign-off: {step.sign_off}", width, "    ", "warn")
    return lines
