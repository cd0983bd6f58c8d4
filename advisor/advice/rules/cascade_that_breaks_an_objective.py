"""What a cascade passes on would wait for two models, and the objective bears one.

## What it sees
An objective on latency that holds with the model alone and breaks with a cascade in front of it.

## Why it matters
The objective is of the slowest request: that one runs through the student first and then through
the model, however few there are.

## What to do
Serve a student alone, or a faster format of the model itself.

## Sources
The projection of both: the student's time and the model's, one after the other.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.projection.engine import evaluate
from advisor.projection.setup import Setup
from advisor.strategies.selection import parse_selection, setup_for
from advisor.units import seconds

SLUG = "cascade-that-breaks-an-objective"
CASCADE = "cascade"


def check(facts: Facts) -> Finding | None:
    objective = facts.scenario.workload.serving.latency_objective_ms
    if not facts.serves or objective is None or facts.profile.decoder is not None:
        return None
    served = evaluate(facts.scenario, [Setup(), setup_for(parse_selection(CASCADE, SLUG))]).served
    if not served.meets_objectives[0] or served.meets_objectives[1]:
        return None
    return Finding(
        SLUG,
        "warning",
        "what is passed on waits for two models one after the other",
        (
            ("objective", seconds(objective / 1e3)),
            ("the model alone", seconds(float(served.latency_s[0]))),
            ("both, on the mean", seconds(float(served.latency_s[1]))),
        ),
        cautions=(CASCADE,),
    )


RULE = Rule(SLUG, "an objective that two models in turn would miss", check)
