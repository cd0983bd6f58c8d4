"""Data that training hardly reads is kept in the storage of every day.

## What it sees
Data in object storage, a colder tier of the organization, and a bill that is lower with a part of
the data there, what training reads back of it paid.

## Why it is waste
Infrequent access costs half of object storage and an archive a twentieth, for the same bytes.

## What to do
Let a lifecycle rule move what is read last; keep what every run reads where it is.

## Sources
The organization's prices of tiers and of reading back; the workload's `data.read_fraction` and
`training.runs_per_month`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.units import number, usd

SLUG = "hot-storage-for-data-rarely-read"
TIERING = "storage-tiering"


def check(facts: Facts) -> Finding | None:
    best = cheapest_level(facts, TIERING)
    if best is None:
        return None
    choice, saved = best
    at_hand = next(
        (line.quantity.expected for line in facts.before.bill.lines
         if line.name == "storage" and line.quantity is not None),
        0.0,
    )  # fmt: skip
    return Finding(
        SLUG,
        "waste",
        "what is read seldom costs as much to keep as what every run reads",
        (
            ("in object storage", number(at_hand, "GB")),
            ("training runs a month", number(facts.scenario.workload.training.runs_per_month)),
            (f"saved a month by {choice}", usd(saved)),
        ),
        recommends=(TIERING,),
    )


RULE = Rule(SLUG, "object storage for what is hardly read", check)
