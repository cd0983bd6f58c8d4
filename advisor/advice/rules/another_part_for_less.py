"""Another accelerator would carry the same demand for less.

## What it sees
The cheapest part in the catalogue, with a price in the organization's way of buying, that keeps
every constraint with nothing switched on, where the part in use costs noticeably more.

## Why it is waste
A part is paid for by what it could do. A model that fits a smaller one, or that waits for memory
rather than for arithmetic, leaves the rest of a larger one unused; a demand of many replicas may be
cheaper on a few large ones.

## What to do
Audit with `--hardware` and that part, or with `--any-hardware` for the minimum on every one: what
else pays changes with the part. Training and serving are taken to move together.

## Sources
The projection on each part's own profile and price list; nothing that needs a strategy is assumed.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.advice.certificate import has_price
from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE
from advisor.catalog.hardware import Hardware
from advisor.catalog.load import hardware
from advisor.projection.engine import evaluate, feasible
from advisor.projection.setup import Setup
from advisor.units import usd

SLUG = "another-part-for-less"


def check(facts: Facts) -> Finding | None:
    here = facts.scenario.hardware
    if facts.before.bill.missing or here.is_cpu:
        return None
    before = facts.before.bill.total().expected
    costs = {
        part.id: cost
        for part in hardware().values()
        if part.id != here.id and (cost := _usd_per_month(facts, part)) is not None
    }
    if not costs:
        return None
    best = min(costs, key=lambda part: (costs[part], part))
    if before - costs[best] < NOTICEABLE * before:
        return None
    return Finding(
        SLUG,
        "waste",
        f"{best} would carry this demand for less than {here.id}",
        (
            (f"a month on {here.id}", usd(before)),
            (f"a month on {best}", usd(costs[best])),
            ("to look closer", f"--hardware {best}, or --any-hardware"),
        ),
    )


def _usd_per_month(facts: Facts, part: Hardware) -> float | None:
    """Nothing switched on; None where a price is not known or a constraint breaks."""
    there = replace(facts.scenario, hardware=part)
    if part.is_cpu or not has_price(there):
        return None
    found = evaluate(there, [Setup()])
    unknown = any(line.missing and line.quantity[0] for line in found.lines)
    usable = bool(feasible(there, found)[0]) and not unknown
    return float(found.usd_per_month[0]) if usable else None


RULE = Rule(SLUG, "an accelerator larger, or smaller, than the demand needs", check)
