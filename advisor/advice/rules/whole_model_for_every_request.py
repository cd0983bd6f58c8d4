"""Every request runs the whole model, and the floor on quality would bear a smaller student.

## What it sees
A floor on quality above the expected loss of a student of some size, and a bill that is lower with
it although its training, every release anew, and its days of work are paid.

## Why it is waste
What a large model learns, a smaller one can often be taught; serving pays for the difference with
each request, training the student with each release.

## What to do
Train a student on the model's own data and answers, and measure what it loses, class by class.

## Sources
Hinton et al. 2015, arXiv 1503.02531; DistilBERT, arXiv 1910.01108; the losses are those that the
strategy states.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.units import percent, usd

SLUG = "whole-model-for-every-request"
DISTILLATION = "distillation"


def check(facts: Facts) -> Finding | None:
    if not facts.serves:
        return None
    best = cheapest_level(facts, DISTILLATION)
    if best is None:
        return None
    choice, saved = best
    after = facts.alone[choice]
    taught = sum(
        line.usd_per_month.expected
        for line in after.bill.lines
        if line.name.startswith("recovery") and line.usd_per_month is not None
    )
    return Finding(
        SLUG,
        "waste",
        "a student of the model would answer for less than it costs to teach",
        (
            ("quality may fall by", percent(facts.scenario.workload.quality.max_drop)),
            (f"expected loss of {choice}", percent(after.quality_drop.expected)),
            ("teaching it, a month", usd(taught)),
            ("saved a month, that and the work paid", usd(saved)),
        ),
        recommends=(DISTILLATION,),
    )


RULE = Rule(SLUG, "requests that a smaller student could answer", check)
