"""The model as it came breaks an objective on latency.

## What it sees
A projected latency, time to first token or time per output token above its objective.

## Why it matters
Whatever it costs, it does not do the job. Nothing is cheap that has to be done again.

## What to do
Take a strategy that restores the objective, where one does alone; otherwise a combination, faster
hardware, or an objective that can be kept.

## Sources
The workload's objectives beside the projection; its interval says how sure this is.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.projection.result import Constraint
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import lacking_on
from advisor.units import seconds

SLUG = "objective-out-of-reach"


def check(facts: Facts) -> Finding | None:
    late = [limit for limit in facts.before.broken_constraints if limit.unit == "s"]
    if not facts.serves or not late:
        return None
    restoring = {
        choice.slug
        for choice, projection in facts.alone.items()
        if not projection.broken_constraints
        and lacking_on(facts.scenario.hardware, strategies()[choice.slug]) is None
    }
    return Finding(
        SLUG,
        "warning",
        f"the model as it came misses its objective on {', '.join(each.name for each in late)}",
        (
            *((limit.name, _figures(limit)) for limit in late),
            ("strategies that restore it alone", ", ".join(sorted(restoring)) or "none"),
        ),
        recommends=tuple(sorted(restoring)),
    )


def _figures(limit: Constraint) -> str:
    return f"{seconds(limit.value)}, objective {seconds(limit.limit)}"


RULE = Rule(SLUG, "a latency objective that the model misses", check)
