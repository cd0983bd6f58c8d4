"""Replicas that run at every hour are rented by the hour.

## What it sees
Rented serving that costs noticeably less when its accelerators are committed to for a term, what
idles in the quiet hours included.

## Why it is waste
An hourly price pays for the freedom to stop, which a fleet that never stops does not use.

## What to do
Reserve what runs at every hour for a term that the demand is sure to last, and rent the rest. Where
hardware or price are about to change, a short term is worth its smaller discount.

## Sources
The price lists under `profiles/pricing`, or the organization's `rental.reserved_discount`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, levels_of
from advisor.units import number, usd

SLUG = "steady-replicas-rented-by-the-hour"


def check(facts: Facts) -> Finding | None:
    if not facts.serves:
        return None
    before = facts.before.bill.total().expected
    reserved = [each.bill.total().expected for _, each in levels_of(facts, "reservation")]
    if not reserved or before - min(reserved) <= NOTICEABLE * before:
        return None
    return Finding(
        SLUG,
        "waste",
        "replicas that run at every hour are rented as if they might stop",
        (
            ("accelerators that serve", number(facts.before.serving_accelerators.expected)),
            ("term of a commitment", facts.scenario.organization.rental.commitment),
            ("saved a month by the commitment", usd(before - min(reserved))),
        ),
        recommends=("reservation",),
    )


RULE = Rule(SLUG, "round-the-clock serving at the hourly price", check)
