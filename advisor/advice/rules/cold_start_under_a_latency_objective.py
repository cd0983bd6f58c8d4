"""A model that was scaled to zero answers its first request only once it has started.

## What it sees
Serving with an objective on latency or on the first token.

## Why it matters
Starting a machine and loading weights takes seconds to minutes: the first request after a quiet
spell waits for all of it.

## What to do
Let replicas follow the demand, but keep one. Scaling to zero is for what can wait.

## Sources
The delay of an autoscaler (parameter `delay`) beside the workload's objectives.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import seconds

SLUG = "cold-start-under-a-latency-objective"


def check(facts: Facts) -> Finding | None:
    serving = facts.scenario.workload.serving
    objectives = (
        ("latency objective", serving.latency_objective_ms),
        ("time to first token", serving.time_to_first_token_ms),
    )
    given = tuple((name, seconds(value / 1e3)) for name, value in objectives if value is not None)
    if not facts.serves or not given:
        return None
    return Finding(
        SLUG,
        "warning",
        "the first request after a quiet spell would wait for a replica to start",
        given,
        forbids=("autoscaling:idle=zero",),
    )


RULE = Rule(SLUG, "scaling to zero under a latency objective", check)
