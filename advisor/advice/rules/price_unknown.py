"""A part of the bill has no price, so the total is only a lower bound.

## What it sees
Line items of the projection whose price no catalogue and no profile holds.

## Why it matters
Two totals with different parts missing cannot be compared, and a saving may lie in what is not
seen.

## What to do
Add the price: a file in the user's profiles folder, or `--set` for a figure of the organization.

## Sources
The projection's own line items.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import usd

SLUG = "price-unknown"


def check(facts: Facts) -> Finding | None:
    bill = facts.before.bill
    if not bill.missing:
        return None
    unpriced = [line for line in bill.lines if line.missing is not None]
    return Finding(
        SLUG,
        "note",
        "a part of the bill has no price: every total is a lower bound",
        (
            *((line.name, line.missing or "") for line in unpriced),
            ("known part, a month", usd(bill.total().expected, at_least=True)),
        ),
    )


RULE = Rule(SLUG, "a bill with a part that has no price", check)
