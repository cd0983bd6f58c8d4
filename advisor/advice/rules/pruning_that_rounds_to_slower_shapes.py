"""Some ratios of pruning leave layers whose widths no kernel is faster at.

## What it sees
A share of channels whose removal answers no more in the projection, beside a larger one that does.

## Why it matters
Matrix units work on tiles: 5% fewer channels take as many tiles, or a width that fills them badly.
Quality and work are spent for nothing.

## What to do
Take a larger ratio, or none.

## Sources
NVIDIA, "Matrix Multiplication Background", tile and wave quantization; the hardware's curves.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, gain, levels_of, rates

SLUG = "pruning-that-rounds-to-slower-shapes"
PRUNING = "structured-pruning"


def check(facts: Facts) -> Finding | None:
    if not facts.serves:
        return None
    gains = [
        (choice, after, gain(facts.before, after)) for choice, after in levels_of(facts, PRUNING)
    ]
    useless = [(choice, after) for choice, after, gained in gains if gained < NOTICEABLE]
    if not useless or len(useless) == len(gains):
        return None
    return Finding(
        SLUG,
        "note",
        "small ratios of pruning make no layer faster here",
        tuple((str(choice), rates(facts.before, after)) for choice, after in useless),
        cautions=(PRUNING,),
    )


RULE = Rule(SLUG, "ratios of pruning that make no layer faster", check)
