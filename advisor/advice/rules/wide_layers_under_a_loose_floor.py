"""Layers hold channels that the floor on quality leaves room to remove.

## What it sees
A workload whose floor is above the expected loss of removing some share of the channels, and a
projection in which the smaller layers answer more.

## Why it is waste
Operations and weights fall with the square of the channels kept where both sides of a layer
shrink; a floor that is not used is paid for.

## What to do
Remove the channels of least norm, fine-tune, and measure: the published losses are of fine-tuned
networks.

## Sources
Torch-Pruning read-me (2025-09); the pruning exponents are read off this model's own layers.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import smaller_under_the_floor

SLUG = "wide-layers-under-a-loose-floor"
PRUNING = "structured-pruning"


def check(facts: Facts) -> Finding | None:
    return smaller_under_the_floor(
        facts, SLUG, PRUNING, "the floor on quality leaves room for smaller layers"
    )


RULE = Rule(SLUG, "channels that the floor on quality allows to remove", check)
