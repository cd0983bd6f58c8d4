"""Whole accelerators are paid for to answer what a slice of one could.

## What it sees
Serving that keeps its accelerators busy for a small share of the month (as `advisor watch` saw the
box, else as projected), a part that can be divided into instances, and a slice that keeps every
constraint at a lower projected cost.

## Why it is waste
The rest of the accelerator is paid for and does nothing.

## What to do
Divide the GPU (MIG) and serve from a slice. It pays only where others use the other slices.

## Sources
NVIDIA MIG User Guide, supported GPUs (2026); the projection's rate beside the workload's demand.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import levels_of, rate
from advisor.advice.rules._busy import MOSTLY_IDLE, busy
from advisor.units import number, percent, usd

SLUG = "accelerator-mostly-idle"


def check(facts: Facts) -> Finding | None:
    if not facts.serves:
        return None
    found, paid = busy(facts), facts.before.serving_accelerators.expected
    before = facts.before.bill.total().expected
    cheaper = [
        (projection.bill.total().expected, str(choice))
        for choice, projection in levels_of(facts, "mig")
        if not projection.broken_constraints and projection.bill.total().expected < before
    ]
    if found.share > MOSTLY_IDLE or not cheaper:
        return None
    after, choice = min(cheaper)
    return Finding(
        SLUG,
        "waste",
        f"the accelerators that serve are busy for {percent(found.share)} of the time",
        (
            *found.evidence,
            ("accelerators paid for", number(paid)),
            ("requests a second, possible", number(rate(facts.before) * paid)),
            (f"saved a month with {choice}", usd(before - after)),
        ),
        recommends=("mig",),
    )


RULE = Rule(SLUG, "whole accelerators that are mostly idle", check)
