"""Audits in a schedule would free the time of nobody.

## What it sees
A workload with no share of time of the role that implements strategies.

## Why it matters
What automation saves here is time; where nobody spends any, setting it up is only a cost. What it
would find is another matter, and no figure for it is known.

## What to do
State who looks after the model (`people_fte`), or run the audit by hand when prices change.

## Sources
The workload's `people_fte` and the organization's `people.effort_role`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import number

SLUG = "audits-that-free-nobody"
AUDITS = "automated-audits"


def check(facts: Facts) -> Finding | None:
    role = facts.scenario.organization.people.effort_role
    if facts.scenario.workload.people_fte.get(role, 0.0) > 0:
        return None
    return Finding(
        SLUG,
        "note",
        "nobody spends time on this model that a schedule could take over",
        ((f"full-time equivalents of {role}", number(0.0)),),
        cautions=(AUDITS,),
    )


RULE = Rule(SLUG, "automation where nobody spends time", check)
