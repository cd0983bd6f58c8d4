"""Rent would pay for the accelerators well before they wear out.

## What it sees
Accelerators rented on demand or reserved, prices for both ways, and a purchase that rent would have
paid for within half of the hardware's life.

## Why it matters
From then on each month of rent is lost. Bought capacity has to be kept busy, housed and repaired.

## What to do
Compare both bills (`--organization on-premises-enterprise`, or `rental.purchase_option=owned`)
before the next commitment is signed.

## Sources
The bill of the same work owned and rented; the organization's `[ownership]`.
"""

from __future__ import annotations

from advisor.advice.break_even import break_even
from advisor.advice.rule import Facts, Finding, Rule
from advisor.projection.setup import Setup
from advisor.units import months, percent, usd

SLUG = "buying-before-renting"
SOON = 0.5
"""Of the life of the hardware; the rest is for what the comparison leaves out. An assumption."""


def check(facts: Facts) -> Finding | None:
    if facts.scenario.organization.rental.purchase_option == "owned":
        return None
    found = break_even(facts.scenario, Setup())
    if found is None or found.months is None or found.months > SOON * found.life_months:
        return None
    return Finding(
        SLUG,
        "note",
        "rent pays for the accelerators long before they wear out",
        (
            ("purchase", usd(found.purchase_usd)),
            ("rent a month", usd(found.rented_usd_per_month)),
            ("paid for after", months(found.months)),
            ("life", months(found.life_months)),
            ("worth it above a utilisation of", percent(found.utilisation)),
        ),
    )


RULE = Rule(SLUG, "rented accelerators that would pay for themselves", check)
