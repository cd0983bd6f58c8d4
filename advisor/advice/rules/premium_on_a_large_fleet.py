"""A provider's premium on this fleet is more than the time it frees.

## What it sees
Serving that as a managed service costs more a month, although engineers' time is freed.

## Why it matters
The premium grows with every hour that is rented, the time freed does not.

## What to do
Keep the machines, and put the work into what is done to all of them at once.

## Sources
The premium and the time freed as `managed-serving` states them.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import LEAST_USD
from advisor.projection.result import saving_usd
from advisor.strategies.selection import Choice
from advisor.units import number, usd

SLUG = "premium-on-a-large-fleet"
MANAGED = Choice("managed-serving")


def check(facts: Facts) -> Finding | None:
    after = facts.alone[MANAGED].bill
    fee = sum(
        line.usd_per_month.expected
        for line in after.lines
        if line.name.startswith("managed service") and line.usd_per_month is not None
    )
    saved = saving_usd(facts.before.bill, after)
    if not facts.serves or saved is None or saved > -LEAST_USD or fee < LEAST_USD:
        return None
    return Finding(
        SLUG,
        "note",
        "the premium on every hour is more than the time that a managed service frees",
        (
            ("accelerators that serve", number(facts.before.serving_accelerators.expected)),
            ("premium a month", usd(fee)),
            ("dearer a month, time freed taken off", usd(-saved)),
        ),
        cautions=(MANAGED.slug,),
    )


RULE = Rule(SLUG, "a fleet too large for a premium on each hour", check)
