"""Capacity that may be taken away at a minute's notice answers requests with an objective.

## What it sees
Serving with an objective on latency, on the first token or on each further one, on rented
capacity.

## Why it matters
A preempted replica drops what it was answering, and loading the model again takes longer than the
notice. The objective holds on average and breaks when it matters.

## What to do
Keep serving on capacity that stays; spot is for training here. With fall-back replicas in other
regions it can be done, but that is not what this projection prices.

## Sources
SkyServe, arXiv 2411.01438 (2025); notice of 30 to 120 seconds (clouds' documentation, 2026).
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import number, seconds

SLUG = "spot-under-a-latency-objective"


def check(facts: Facts) -> Finding | None:
    serving = facts.scenario.workload.serving
    objectives = (
        ("latency objective", serving.latency_objective_ms),
        ("time to first token", serving.time_to_first_token_ms),
        ("time per output token", serving.time_per_output_token_ms),
    )
    given = tuple((name, seconds(value / 1e3)) for name, value in objectives if value is not None)
    owned = facts.scenario.organization.rental.purchase_option == "owned"
    if not facts.serves or owned or not given:
        return None
    return Finding(
        SLUG,
        "warning",
        "replicas that may be taken away cannot keep an objective on latency",
        (*given, ("redundant replicas", number(serving.redundant_replicas))),
        forbids=("spot:scope=everything",),
    )


RULE = Rule(SLUG, "interruptible replicas under a latency objective", check)
