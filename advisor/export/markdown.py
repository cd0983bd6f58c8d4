"""Markdown for people: what a finance team and an engineer both read before they agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from advisor import units
from advisor.advice.plan import Step
from advisor.export._indicators import indicator_lines
from advisor.export._markdown_certificate import certificate_lines
from advisor.export._markdown_economics import (
    buying_lines,
    input_lines,
    investment_lines,
    share_lines,
)
from advisor.export._markdown_front import front_lines
from advisor.export._markdown_text import code_block, plain, table
from advisor.export.audit import Approval, Audit
from advisor.export.exporter import Exporter
from advisor.measurement.certainty import measured_texts
from advisor.profiling.summary import uncounted_lines
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Bill, Component, Estimate
from advisor.projection.shortfall import shortfall
from advisor.projection.unit_costs import unit_costs

Lines = list[str]


def render(audit: Audit) -> bytes:
    """UTF-8 with one section for each question; sections that have no answer are left out."""
    sections: tuple[Callable[[Audit], Lines], ...] = (
        _summary, _costs, indicator_lines, _unit_costs, _limits, _steps, share_lines,
        investment_lines, buying_lines, input_lines, _rejected, certificate_lines, front_lines,
        _measurement,
        _findings, _basis,
    )  # fmt: skip
    parts = [lines for section in sections if (lines := section(audit))]
    return ("\n\n".join("\n".join(lines) for lines in parts) + "\n").encode()


def _total(bill: Bill, component: Component | None = None) -> str:
    expected = bill.total(component).expected
    return units.usd(expected, at_least=bool(bill.missing_in(component)))


def _spread(figures: Estimate) -> str:
    return f"{units.usd(figures.expected)} ({units.usd_range(figures.low, figures.high)})"


def _summary(audit: Audit) -> Lines:
    scenario, plan, profile = audit.scenario, audit.plan, audit.profile
    before, after = plan.before.bill.total().expected, plan.after.bill.total().expected
    share = (after - before) / before if before else None
    days = sum(step.effort_days.expected for step in plan.steps)
    count = len(plan.steps)
    steps = f"{units.counted(count, 'step')}, {units.days(days)} of work"
    sentence = (
        f"**From {_total(plan.before.bill)} to {_total(plan.after.bill)} a month** "
        f"({units.delta_usd(after - before)}, {units.percent(share, signed=True)}): {steps}."
        if plan.steps
        else f"**{_total(plan.before.bill)} a month, and no step of this plan makes it less.**"
    )
    facts = (
        ("model", f"{plain(profile.reference)}, {units.parameters(profile.parameters)} parameters"),
        ("hardware", plain(scenario.hardware.name)),
        ("workload", plain(scenario.workload.title)),
        ("organization", plain(scenario.organization.title)),
    )
    return [
        f"# Cost plan for {plain(profile.reference)}",
        "",
        sentence,
        "",
        *table(("", ""), facts),
        "",
        "The same figures again:",
        "",
        code_block(audit.command_line),
    ]


def _costs(audit: Audit) -> Lines:
    before, after = audit.plan.before.bill, audit.plan.after.bill
    columns: list[tuple[str, Bill]] = [("before", before), ("after the plan", after)]
    if audit.chosen:
        columns.append(("switched on", audit.selected.bill))
    measured = audit.measured
    if measured is not None and measured.before is not None and measured.after is not None:
        columns += [
            ("before, measured", measured.before.bill),
            ("switched on, measured", measured.after.bill),
        ]
    parts: list[tuple[str, Component | None]] = [
        *((COMPONENT_TITLES[component], component) for component in COMPONENTS),
        ("**total**", None),
    ]
    rows = [
        (plain(title) if component else title, *_cost_row(columns, component))
        for title, component in parts
    ]
    spread = [_range(bill) for _, bill in columns]
    rows.append(("range of the total", *spread[:2], "", *spread[2:]))
    titles = [title for title, _ in columns]
    header = ("USD a month", *titles[:2], "change", *titles[2:])
    lines = ["## Costs", "", *table(header, rows, len(header) - 1)]
    missing = sorted({text for _, bill in columns for text in bill.missing})
    if missing:
        lines += [
            "",
            "A total marked ≥ is at least that much, because these prices are missing:",
            "",
        ]
        lines += [f"- {plain(text)}" for text in missing]
    return lines


def _cost_row(columns: Sequence[tuple[str, Bill]], component: Component | None) -> list[str]:
    texts = [_total(bill, component) for _, bill in columns]
    before, after = (bill.total(component).expected for _, bill in columns[:2])
    return [*texts[:2], units.delta_usd(after - before), *texts[2:]]


def _range(bill: Bill) -> str:
    total = bill.total()
    return units.usd_range(total.low, total.high)


def _unit_costs(audit: Audit) -> Lines:
    payer, asked = audit.scenario.organization, audit.scenario.workload
    projections = (audit.plan.before, audit.plan.after)
    before, after = (
        unit_costs(each.bill, each.energy_kwh_per_month, asked, payer) for each in projections
    )
    kinds = (
        ("1,000 requests, computing", "usd_per_1000_requests", units.unit_price),
        ("1,000 requests, everything", "usd_per_1000_requests_all", units.unit_price),
        ("a million tokens", "usd_per_million_tokens", units.unit_price),
        ("a training run", "usd_per_training_run", units.unit_price),
        ("CO2 equivalent a month", "co2e_kg_per_month", _kilograms),
    )
    rows = [
        (title, *(show(each.expected if each else None) for each in pair))
        for title, name, show in kinds
        if any(pair := (getattr(before, name), getattr(after, name)))
    ]
    header = ("cost of", "before", "after the plan")
    return ["## Unit costs", "", *table(header, rows, 2)] if rows else []


def _kilograms(value: float | None) -> str:
    return units.number(value, "kg")


def _limits(audit: Audit) -> Lines:
    broken = [plain(shortfall(limit)) for limit in audit.plan.after.broken_constraints]
    lines = ["## Limits not kept", "", "The plan does not keep these:", ""]
    return [*lines, *(f"- {text}" for text in broken)] if broken else []


def _steps(audit: Audit) -> Lines:
    lines = ["## Steps"]
    for number, step in enumerate(audit.plan.steps, start=1):
        lines += ["", *_step(number, step, audit.approval)]
    return lines if audit.plan.steps else []


def _step(number: int, step: Step, approval: Approval | None) -> Lines:
    effort = step.effort_days
    return [
        f"### {number}. {plain(step.title)} ({plain(str(step.choice))})",
        "",
        *(f"- Why: {plain(reason)}" for reason in step.why),
        f"- Saves, given the steps before it: {_spread(step.saving_usd_per_month)} a month",
        f"- Effort: {units.days(effort.expected)} ({effort.low:g} to {effort.high:g})",
        f"- Risk: {plain(step.risk)}",
        f"- Check: {plain(step.check)}",
        f"- Roll back when: {plain(step.roll_back)}",
        f"- Sign-off: {_sign_off(step, approval)}",
    ]


def _sign_off(step: Step, approval: Approval | None) -> str:
    if step.sign_off is None:
        return "nobody has to"
    signed = "______" if approval is None else plain(f"{approval.name}: {approval.reason}")
    return f"{plain(step.sign_off)} — {signed}"


def _rejected(audit: Audit) -> Lines:
    """A row a reason: most strategies are left out for one and the same."""
    by_reason: dict[str, list[str]] = {}
    for each in audit.plan.rejected:
        by_reason.setdefault(each.reason, []).append(each.slug)
    rows = [(plain(", ".join(slugs)), plain(reason)) for reason, slugs in by_reason.items()]
    return ["## Left out", "", *table(("strategies", "because"), rows)] if rows else []


def _measurement(audit: Audit) -> Lines:
    measured = audit.measured
    if measured is None:
        return []
    found, projected = measured.measurement, measured.projected_s
    before, after = found.baseline.latency_s, found.variant.latency_s
    rows = [
        ("latency, before", units.seconds(before.median)),
        ("latency, switched on", units.seconds(after.median)),
        ("latency, projected", units.seconds(projected.expected if projected else None)),
        ("error of the projection", units.percent(measured.latency_error, signed=True)),
        ("error of the projected memory", units.percent(measured.memory_error, signed=True)),
        *((plain(name), plain(figure)) for name, figure in measured_texts(found)),
    ]
    where = plain(found.environment.device_name)
    lines = ["## Measured", "", f"{plain(', '.join(found.request.choices))} on {where}.", ""]
    return [*lines, *table(("", ""), rows, 1)]


def _findings(audit: Audit) -> Lines:
    lines = ["## Findings"]
    for finding in audit.findings:
        lines += [
            "",
            f"**{plain(finding.rule)}** ({finding.severity}): {plain(finding.reason)}.",
            "",
        ]
        lines += [f"- {plain(name)}: {plain(figure)}" for name, figure in finding.evidence]
        for verb in ("recommends", "cautions", "forbids"):
            slugs = getattr(finding, verb)
            if slugs:
                against = " against" if verb == "cautions" else ""
                lines.append(f"- {verb}{against}: {plain(', '.join(slugs))}")
    return lines if audit.findings else []


def _basis(audit: Audit) -> Lines:
    texts = dict.fromkeys((*audit.before.basis, *audit.plan.after.basis, *audit.selected.basis))
    lines = ["## What the figures stand on", "", *(f"- {plain(text)}" for text in texts)]
    lines += [f"- not counted: {plain(each)}" for each in uncounted_lines(audit.profile)]
    return [*lines, "", f"Written by advisor {plain(audit.version)}."]


EXPORTER = Exporter(
    name="markdown",
    suffix=".md",
    summary="the plan for people: costs, steps, reasons, sign-offs",
    render=render,
)
