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
from advisor.advice.rules._alone import smaller_under_the_floor

SLUG = "heads-under-a-loose-floor"
PRUNING = "head-pruning"


def check(facts: Facts) -> Finding | None:
    return smaller_under_the_floor(
        facts, SLUG, PRUNING, "the floor on quality leaves room for fewer heads"
    )


RULE = Rule(SLUG, "heads that the floor on quality allows to remove", check)
