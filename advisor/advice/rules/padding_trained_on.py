"""Training steps compute on padding.

## What it sees
A workload that trains on sequences, and a projection in which packing them saves more than its
work costs.

## Why it is waste
Padding is multiplied like text, and teaches nothing.

## What to do
Put samples end to end, with attention kept inside each.

## Sources
Krell et al. 2021, "Efficient Sequence Packing without Cross-contamination", arXiv 2107.02027.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.units import number, percent, usd

SLUG = "padding-trained-on"
PACKING = "sequence-packing"


def check(facts: Facts) -> Finding | None:
    best = cheapest_level(facts, PACKING)
    if not facts.trains or best is None:
        return None
    training = facts.scenario.workload.training
    padding = training.padding_share
    return Finding(
        SLUG,
        "waste",
        "a part of each training step computes on padding",
        (
            ("padding", "not known" if padding is None else percent(padding.expected)),
            ("tokens of a sample", number(training.tokens_per_sample)),
            ("saved a month by packing", usd(best[1])),
        ),
        recommends=(PACKING,),
    )


RULE = Rule(SLUG, "padding that is trained on like text", check)
