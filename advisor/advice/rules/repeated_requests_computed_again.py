"""Requests that were answered before are computed again.

## What it sees
A workload that states a share of repeated requests, of at least a twentieth.

## Why it is waste
The same answer is paid for each time.

## What to do
Keep answers by a digest of the request, for as long as they stay true.

## Sources
The workload's `serving.repeat_fraction`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE
from advisor.strategies.selection import Choice
from advisor.units import percent

SLUG = "repeated-requests-computed-again"


def check(facts: Facts) -> Finding | None:
    repeats = facts.scenario.workload.serving.repeat_fraction
    if not facts.serves or repeats is None or repeats.expected < NOTICEABLE:
        return None
    needed = facts.before.serving_accelerators.expected
    after = facts.alone[Choice("response-caching")].serving_accelerators.expected
    return Finding(
        SLUG,
        "waste",
        "answers that are known are computed again",
        (
            ("requests that repeat", percent(repeats.expected)),
            ("accelerators", f"{needed:g} → {after:g}"),
        ),
        recommends=("response-caching",),
    )


RULE = Rule(SLUG, "known answers computed again", check)
