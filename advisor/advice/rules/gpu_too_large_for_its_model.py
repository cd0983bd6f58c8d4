"""The model takes a small part of an accelerator's memory and of its time.

## What it sees
Serving that holds less than a quarter of the memory and needs the accelerators for less than a
third of the month.

## Why it is waste
Memory and arithmetic that nothing uses are in the price of every hour.

## What to do
Rent a smaller part (`advisor audit --everywhere` shows what each costs), or divide this one.

## Sources
The projection's memory and rate beside the hardware's profile and the workload's demand.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint, levels_of, rate
from advisor.units import SECONDS_PER_MONTH, memory, percent

SLUG = "gpu-too-large-for-its-model"
SMALL_SHARE = 0.25
MOSTLY_IDLE = 0.3


def check(facts: Facts) -> Finding | None:
    held = constraint(facts.before, "memory, serving")
    if not facts.serves or held is None or held.value is None:
        return None
    demand = facts.scenario.workload.serving.requests_per_month / SECONDS_PER_MONTH
    busy = demand / (rate(facts.before) * facts.before.serving_accelerators.expected)
    if (
        facts.scenario.hardware.is_cpu
        or held.value > SMALL_SHARE * held.limit
        or busy > MOSTLY_IDLE
    ):
        return None
    return Finding(
        SLUG,
        "note",
        f"a {facts.scenario.hardware.id} is many times what the model needs",
        (
            ("memory held", memory(held.value)),
            ("one accelerator has", memory(held.limit)),
            ("busy for", f"{percent(busy)} of the month"),
        ),
        recommends=("mig",) if any(levels_of(facts, "mig")) else (),
    )


RULE = Rule(SLUG, "an accelerator with many times the memory it needs", check)
