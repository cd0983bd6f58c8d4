"""What the plan is worth as an investment, and what would turn it, as Markdown."""

from __future__ import annotations

from advisor import units
from advisor.advice.attribution_text import interaction_text, strong_interactions
from advisor.advice.break_even_text import buying_text
from advisor.advice.economics import Economics
from advisor.advice.tornado import Sensitivity
from advisor.export._markdown_text import plain, table
from advisor.export.audit import Audit
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Estimate

INPUTS_SHOWN = 12
_HEADER = ("", "up-front", "saves a month", "payback", "net present value", "return")


def investment_lines(audit: Audit) -> list[str]:
    """The plan, each step given those before it, and each strategy that alone changes the bill."""
    found, steps = audit.economics, audit.plan.steps
    rows = [("**the plan**", *_cells(found.plan))] if steps else []
    rows += [
        (f"step {number}: {plain(str(step.choice))}", *_cells(each))
        for number, (step, each) in enumerate(zip(steps, found.steps, strict=True), start=1)
    ]
    rows += [
        (f"{plain(str(each.choice))} alone{_breaks(each.broken)}", *_cells(each.economics))
        for each in found.alone
        if not _changes_nothing(each.economics)
    ]
    if not rows:
        return []
    lines = ["## Worth the money", "", *table(_HEADER, rows, len(_HEADER) - 1), ""]
    idle = [str(each.choice) for each in found.alone if _changes_nothing(each.economics)]
    if idle:
        lines += [f"Alone they change nothing here: {plain(', '.join(idle))}.", ""]
    lines.append(plain(_terms(found.plan)))
    if steps:
        lines += ["", "The plan's ranges: " + _ranges(found.plan)]
    return lines


def share_lines(audit: Audit) -> list[str]:
    """Which step earns how much; with one step there is nothing to share."""
    found = audit.economics.shares
    if found is None or len(found.shares) < 2:
        return []
    header = ("step", "saves a month", *COMPONENT_TITLES.values())
    rows = [
        (
            plain(str(each.choice)),
            units.usd(each.usd_per_month),
            *(units.usd(each.by_component[component]) for component in COMPONENTS),
        )
        for each in found.shares
    ]
    lines = ["## Which step earns the saving", "", *table(header, rows, len(header) - 1), ""]
    lines += [
        "Each step's saving averaged over every order of switching on (Shapley values): they add "
        "up to the saving."
    ]
    strong = strong_interactions(found)
    if strong:
        lines += ["", "What two do together beyond what they do apart, a month:", ""]
        lines += [f"- {plain(interaction_text(each))}" for each in strong]
    return lines


def buying_lines(audit: Audit) -> list[str]:
    found = audit.economics.buying
    if found is None:
        return []
    lines = ["## Rent or buy", "", plain(buying_text(found))]
    if found.missing:
        lines += ["", "Not in these figures:", "", *(f"- {plain(text)}" for text in found.missing)]
    return lines


def input_lines(audit: Audit) -> list[str]:
    """The tornado: one input at a time at the ends of its range."""
    found = audit.economics.inputs
    if not found:
        return []
    header = ("input", "from", "to", "saves a month at", "and at", "no saving at")
    rows = [_input_row(each) for each in found[:INPUTS_SHOWN]]
    lines = ["## What would turn the decision", "", *table(header, rows, 5), ""]
    more = len(found) - INPUTS_SHOWN
    if more > 0:
        lines += [f"{more} more move it less; the JSON export has them.", ""]
    lines.append(
        "One input at a time, all others as expected. The last column is the nearest value at "
        "which the decision turns, sought from a tenth of the input to ten times it."
    )
    return lines


def _cells(found: Economics) -> tuple[str, ...]:
    figures = (found.payback_months, found.net_present_value_usd, found.return_fraction)
    payback, worth, gain = (each.expected if each else None for each in figures)
    saving = found.saving_usd_per_month
    return (
        units.usd(found.up_front_usd.expected),
        units.usd(saving.expected if saving else None),
        units.months(payback),
        units.usd(worth),
        "–" if saving and gain is None else units.percent(gain, digits=0),
    )


def _changes_nothing(found: Economics) -> bool:
    saving = found.saving_usd_per_month
    return saving is not None and saving.low == saving.expected == saving.high == 0


def _breaks(broken: tuple[str, ...]) -> str:
    return f" (breaks {plain(', '.join(broken))})" if broken else ""


def _ranges(found: Economics) -> str:
    def ends(figures: Estimate | None) -> str:
        return units.usd_range(figures.low, figures.high) if figures else units.UNKNOWN

    payback = found.payback_months
    shown = (
        f"{units.months(payback.low)} to {units.months(payback.high)}" if payback else units.UNKNOWN
    )
    return (
        f"up-front {ends(found.up_front_usd)}, saves {ends(found.saving_usd_per_month)} a month, "
        f"payback {shown}, net present value {ends(found.net_present_value_usd)}."
    )


def _terms(found: Economics) -> str:
    rate = found.discount_rate_per_year
    months = f"Over {found.horizon_months:g} months"
    if rate is None:
        return f"{months}; the organization states no discount rate (finance), so no present value."
    told = f" ({rate.source})" if rate.source else ""
    return f"{months}, discounted at {units.percent(rate.expected)} a year{told}."


def _input_row(each: Sensitivity) -> tuple[str, ...]:
    ranged = each.low < each.high
    return (
        plain(each.key),
        units.number(each.low),
        units.number(each.high) if ranged else "no range stated",
        units.usd(each.saving_at_low_usd),
        units.usd(each.saving_at_high_usd) if ranged else "–",
        "holds" if each.flip is None else units.number(each.flip),
    )
