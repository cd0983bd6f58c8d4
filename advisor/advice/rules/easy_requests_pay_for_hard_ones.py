"""Easy requests cost as much as hard ones, and a cascade would tell them apart for less.

## What it sees
A model that is no decoder, a floor on quality that bears what a cascade is expected to lose, and a
bill that is lower with it: its student is taught with each release, and what is passed on waits for
both models within the objective on latency.

## Why it is waste
Most requests of most classifiers are easy: a smaller model answers them as well.

## What to do
Train a student, choose the threshold on held-out data by what it passes on and what it loses, and
watch the share passed on in use: it rises when the data changes.

## Sources
See the strategy; the share passed on is of low confidence, so measure it before anything else.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.projection.cascade import PASSED_ON
from advisor.units import percent, usd

SLUG = "easy-requests-pay-for-hard-ones"
CASCADE = "cascade"


def check(facts: Facts) -> Finding | None:
    if not facts.serves or facts.profile.decoder is not None:
        return None
    best = cheapest_level(facts, CASCADE)
    if best is None:
        return None
    choice, saved = best
    return Finding(
        SLUG,
        "waste",
        "a student could answer the easy requests and pass the others on",
        (
            ("passed on, as published", f"{percent(PASSED_ON.low)} to {percent(PASSED_ON.high)}"),
            ("quality may fall by", percent(facts.scenario.workload.quality.max_drop)),
            ("expected loss", percent(facts.alone[choice].quality_drop.expected)),
            ("saved a month, its training and the work paid", usd(saved)),
        ),
        recommends=(CASCADE,),
    )


RULE = Rule(SLUG, "requests that a student could answer, beside those it could not", check)
