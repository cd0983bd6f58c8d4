"""The section on how far a plan is from the true minimum, and which rule is why."""

from __future__ import annotations

from advisor import units
from advisor.advice.certificate import Certificate
from advisor.advice.goal_text import limits_text, objective_text
from advisor.advice.relax_text import relaxation_text
from advisor.export._markdown_text import plain, table
from advisor.export.audit import Audit

Lines = list[str]


def certificate_lines(audit: Audit) -> Lines:
    found = audit.plan.certificate
    best = ", ".join(plain(str(choice)) for choice in found.minimum_selection) or "nothing on"
    if not found.minimum_is_feasible:
        verdict = "None of them keeps every constraint, so there is no minimum to compare with."
    elif not found.plan_is_feasible:
        verdict = (
            f"The plan breaks a constraint. The cheapest setup that keeps all costs "
            f"{units.usd(found.minimum_usd_per_month)} a month: {best}."
        )
    elif found.objective != "cost":
        verdict = (
            f"The least {found.objective} that no rule forbids is "
            f"{objective_text(found.objective, found.minimum_figure)} ({best}), at "
            f"{units.usd(found.minimum_usd_per_month)} a month; this plan reaches "
            f"{objective_text(found.objective, found.plan_figure)} "
            f"({units.percent(found.distance_fraction, digits=2)} above it)."
        )
    else:
        verdict = (
            f"The cheapest that no rule forbids costs "
            f"{units.usd(found.minimum_usd_per_month)} a month ({best}); this plan is "
            f"{units.usd(found.distance_usd_per_month)} "
            f"({units.percent(found.distance_fraction, digits=2)}) above it."
        )
    searched = (
        f"An exact search went over {found.setups:,} setups: {found.evaluated:,} evaluated whole, "
        f"{found.pruned:,} left out by proven bounds."
    )
    limits = limits_text(audit.plan.goal)
    held = f" Both keep to {limits}." if limits else ""
    lines = ["## Distance to the minimum", "", f"{searched} {verdict}{held}"]
    if found.left_out:
        rows = [(plain(str(each.choice)), plain(each.reason)) for each in found.left_out]
        lines += ["", *table(("only the minimum has", "the plan is without it because"), rows)]
    return [*lines, *_relaxations(found), *_guards(found), *_elsewhere(found)]


def _relaxations(found: Certificate) -> Lines:
    if found.minimum_is_feasible:
        return []
    if not found.relaxations:
        return ["", "Not even two limits given up together would leave a setup."]
    told = (f"- {plain(relaxation_text(each))}" for each in found.relaxations)
    return ["", "What would help, the smallest step first:", "", *told]


def _guards(found: Certificate) -> Lines:
    if not found.forbidden:
        return []
    kept_out = plain(", ".join(map(str, found.forbidden)))
    if found.objective != "cost":
        return ["", f"Rules forbid {kept_out}, which the minimum without them has."]
    price = units.usd(found.guards_usd_per_month)
    return ["", f"Rules forbid {kept_out}, without which the minimum is {price} a month dearer."]


def _elsewhere(found: Certificate) -> Lines:
    if not found.elsewhere:
        return []
    rows = [
        (each.hardware, units.usd(each.usd_per_month), plain(", ".join(map(str, each.chosen))))
        for each in found.elsewhere
    ]
    title = "The cheapest setup of all on each hardware that has a price:"
    return ["", title, "", *table(("hardware", "USD a month", "with"), rows)]
