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
from advisor.advice.rules._alone import NOTICEABLE, gain, levels_of, rates
from advisor.units import percent

SLUG = "wide-layers-under-a-loose-floor"
PRUNING = "structured-pruning"


def check(facts: Facts) -> Finding | None:
    if not facts.serves:
        return None
    floor = facts.scenario.workload.quality.max_drop
    within = [
        (gain(facts.before, projection), choice, projection)
        for choice, projection in levels_of(facts, PRUNING)
        if projection.quality_drop.expected <= floor
    ]
    if not within:
        return None
    gained, choice, after = max(within, key=lambda each: each[0])
    if gained < NOTICEABLE:
        return None
    return Finding(
        SLUG,
        "waste",
        "the floor on quality leaves room for smaller layers",
        (
            ("quality may fall by", percent(floor)),
            (f"expected loss of {choice}", percent(after.quality_drop.expected)),
            (f"projected with {choice}", rates(facts.before, after)),
        ),
        recommends=(PRUNING,),
    )


RULE = Rule(SLUG, "channels that the floor on quality allows to remove", check)
