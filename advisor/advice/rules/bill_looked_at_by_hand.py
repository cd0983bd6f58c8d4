"""Somebody looks at the bill by hand, month after month.

## What it sees
An engineer with a share of time for this model, of which audits in a schedule would free more than
setting them up costs over the horizon.

## Why it is waste
Prices, demand and models change every month; looking for what that means is the same work each
time, and what was saved once is lost unseen when nobody looks.

## What to do
Run the audit and the re-check of the plan in cron or CI, and look when the exit code says so.

## Sources
The share of time freed is an assumption, as `automated-audits` states it.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.units import number, usd

SLUG = "bill-looked-at-by-hand"
AUDITS = "automated-audits"


def check(facts: Facts) -> Finding | None:
    best = cheapest_level(facts, AUDITS)
    if best is None:
        return None
    role = facts.scenario.organization.people.effort_role
    share = facts.scenario.workload.people_fte.get(role, 0.0)
    return Finding(
        SLUG,
        "waste",
        "what is looked up by hand every month could be looked up by a schedule",
        (
            (f"full-time equivalents of {role}", number(share)),
            ("saved a month, setting it up paid", usd(best[1])),
        ),
        recommends=(AUDITS,),
    )


RULE = Rule(SLUG, "savings looked for by hand", check)
