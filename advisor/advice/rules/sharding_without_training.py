"""Nothing is trained, so a strategy for training steps has nothing to work on.

## What it sees
A workload without training runs.

## Why it matters
Fully sharded data parallel changes training steps only. The days it takes would be spent for
nothing.

## What to do
Leave it off. Serving over several GPUs is decided by the engine where a replica needs the memory.

## Sources
The workload's own figures, `training.runs_per_month`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.strategies.catalog import strategy_by_slug
from advisor.units import number

SLUG = "sharding-without-training"


def check(facts: Facts) -> Finding | None:
    if facts.trains:
        return None
    days = strategy_by_slug("fsdp").effort_days
    return Finding(
        SLUG,
        "note",
        f"the workload {facts.scenario.workload.id} trains nothing",
        (
            ("training runs a month", number(facts.scenario.workload.training.runs_per_month)),
            ("work it would take", f"{days.low:g} to {days.high:g} days"),
        ),
        cautions=("fsdp", "zero", "ddp"),
    )


RULE = Rule(SLUG, "sharding training steps of a model that is not trained", check)
