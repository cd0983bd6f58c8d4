"""Every figure of a strategy is a projection, and nothing was measured on this model.

## What it sees
A model that is served or trained, and no measurement of it.

## Why it matters
Published losses are of other models, and a projected time has been off by the factors that the
interval shows. A measurement of minutes settles both.

## What to do
Measure the first steps of the plan before the work is given out: `advisor measure`.

## Sources
The measurements kept in the history; the intervals of the projection.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.strategies.catalog import strategies
from advisor.units import seconds

SLUG = "projections-never-measured"


def check(facts: Facts) -> Finding | None:
    if facts.measurements or not (facts.serves or facts.trains):
        return None
    latency = facts.before.latency_s
    measurable = sum(strategy.apply is not None for strategy in strategies().values())
    return Finding(
        SLUG,
        "note",
        "nothing was measured on this model: every figure is a projection",
        (
            ("projected latency", f"{seconds(latency.low)} to {seconds(latency.high)}"),
            ("strategies that can be measured", str(measurable)),
        ),
    )


RULE = Rule(SLUG, "projections that nothing was measured against", check)
