"""Zeros scattered over dense tensors: stored, read and multiplied like any other number.

## What it sees
A model that is served, and a projection in which unstructured pruning answers no more than before
at any share of zeros.

## Why it matters
No dense kernel skips a zero. Quality is lost, days of work are spent, and the bill stays.

## What to do
Remove whole channels instead (structured-pruning), or look for fewer bits.

## Sources
torchao sparsity read-me (2025-01): 1.0 times as fast on dense kernels; Wanda read-me (2023-11):
perplexity of Llama-2 at half the weights.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, gain, levels_of, rates
from advisor.strategies.catalog import strategy_by_slug
from advisor.units import percent

SLUG = "zeros-without-a-kernel"
PRUNING = "unstructured-pruning"


def check(facts: Facts) -> Finding | None:
    if not facts.serves:
        return None
    best = max((each for _, each in levels_of(facts, PRUNING)), key=lambda p: gain(facts.before, p))
    if gain(facts.before, best) > NOTICEABLE:
        return None
    strategy = strategy_by_slug(PRUNING)
    drop = strategy.quality_drop(strategy.default_levels())
    return Finding(
        SLUG,
        "warning",
        "dense kernels multiply zeros like any other number, so nothing is saved",
        (
            ("projected with zeros", rates(facts.before, best)),
            ("published loss at half the weights", f"{percent(drop.low)} to {percent(drop.high)}"),
        ),
        cautions=(PRUNING,),
    )


RULE = Rule(SLUG, "unstructured zeros where every kernel is dense", check)
