"""Whole accelerators are owned for a service that needs a part of one.

## What it sees
Owned serving that costs more than managed endpoints would, premium and move paid, once the service
takes no more than it needs: a slice, a place beside others, the hours that are asked for. Alone,
neither saves enough.

## Why it is waste
What is owned is paid for whole and day and night, whatever the service takes of it. What is rented
is paid for by its part and its hours, so that a smaller service lowers the bill; and nobody has to
look after it.

## What to do
Make the service small first, then rent that. Keep what is owned for work that fills it.

## Sources
The bill of the same setup owned and rented, both worked out by the projection; what is changed
beside it is found one change at a time.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import LEAST_USD, levels_of
from advisor.advice.rules._descent import descent
from advisor.projection.project import project
from advisor.projection.result import Bill
from advisor.strategies.selection import Choice, Selection, selection, setup_for
from advisor.units import number, usd

SLUG = "hardware-owned-for-a-part-of-it"
MANAGED = Choice("managed-serving")


def check(facts: Facts) -> Finding | None:
    owned = facts.scenario.organization.rental.purchase_option == "owned"
    if not owned or not facts.serves or not any(levels_of(facts, MANAGED.slug)):
        return None
    beside = _beside(facts)
    smaller = [each.slug for each in beside if "serving" in each.strategy.phases]
    setups = [setup_for(beside), setup_for(selection([*beside, MANAGED]))]
    kept, rented = project(facts.scenario, setups)
    if rented.broken_constraints or _saved_at_least(kept.bill, rented.bill) < LEAST_USD:
        return None
    return Finding(
        SLUG,
        "waste",
        "owned accelerators are paid for whole, and a part of them would do",
        (
            ("beside it", ", ".join(map(str, beside)) or "nothing"),
            ("accelerators that serve, owned", number(kept.serving_accelerators.expected)),
            ("accelerators that serve, rented", number(rented.serving_accelerators.expected)),
            ("a month, owned", usd(kept.bill.total().expected)),
            ("a month, rented with the premium", usd(rented.bill.total().expected)),
        ),
        recommends=(MANAGED.slug, *smaller),
    )


def _beside(facts: Facts) -> Selection:
    """What makes rented serving cheapest, a change at a time."""
    reached = [(MANAGED,), *(now for now, _ in descent(facts.scenario, (MANAGED,)))]
    return tuple(choice for choice in reached[-1] if choice != MANAGED)


def _saved_at_least(owned: Bill, rented: Bill) -> float:
    """USD a month. What owning costs that has no known price would add to it."""
    if not set(rented.missing) <= set(owned.missing):
        return 0.0
    return owned.total().expected - rented.total().expected


RULE = Rule(SLUG, "owned hardware where a rented part would do", check)
