"""Attention holds heads that the floor on quality leaves room to remove.

## What it sees
A floor on quality above the expected loss of removing some share of the heads, and a projection in
which an accelerator answers noticeably more without them.

## Why it is waste
Heads are trained in numbers that few tasks use in full; their projections, scores and cache are
paid for with every token.

## What to do
Remove the heads of least norm, fine-tune, and measure on the longest inputs that are served.

## Sources
Michel et al. 2019, arXiv 1905.10650: 20 to 40% of the heads removed at no noticeable loss.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, gain, levels_of, rates
from advisor.units import percent

SLUG = "heads-under-a-loose-floor"
PRUNING = "head-pruning"


def check(facts: Facts) -> Finding | None:
    if not facts.serves:
        return None
    floor = facts.scenario.workload.quality.max_drop
    within = [
        (gain(facts.before, projection), str(choice), projection)
        for choice, projection in levels_of(facts, PRUNING)
        if projection.quality_drop.expected <= floor
    ]
    if not within:
        return None
    gained, choice, after = max(within, key=lambda each: each[:2])
    if gained < NOTICEABLE:
        return None
    return Finding(
        SLUG,
        "waste",
        "the floor on quality leaves room for fewer heads",
        (
            ("quality may fall by", percent(floor)),
            (f"expected loss of {choice}", percent(after.quality_drop.expected)),
            (f"projected with {choice}", rates(facts.before, after)),
        ),
        recommends=(PRUNING,),
    )


RULE = Rule(SLUG, "heads that the floor on quality allows to remove", check)
