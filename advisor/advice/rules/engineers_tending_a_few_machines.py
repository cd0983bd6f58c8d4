"""Engineers keep a few machines running that a provider would run for less.

## What it sees
Rented serving whose premium as a managed service is less than the engineers' time that goes into
the machines, the days of moving paid.

## Why it is waste
Machines need the same care whether there are two or twenty; a small fleet does not repay it.

## What to do
Move serving to managed endpoints, and count the hours that the team spends on machines before and
after: how much is freed is of low confidence.

## Sources
The premium and the time freed as `managed-serving` states them.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.units import number, usd

SLUG = "engineers-tending-a-few-machines"
MANAGED = "managed-serving"


def check(facts: Facts) -> Finding | None:
    best = cheapest_level(facts, MANAGED) if facts.serves else None
    if best is None:
        return None
    choice, saved = best
    before, after = facts.before.bill.total("human"), facts.alone[choice].bill.total("human")
    return Finding(
        SLUG,
        "waste",
        "looking after so few machines costs more than a provider takes for it",
        (
            ("accelerators that serve", number(facts.before.serving_accelerators.expected)),
            ("people, a month, before", usd(before.expected)),
            ("people, a month, moving paid", usd(after.expected)),
            ("saved a month, the premium paid", usd(saved)),
        ),
        recommends=(MANAGED,),
    )


RULE = Rule(SLUG, "a small fleet that takes engineers' time", check)
