"""The model takes a small part of an accelerator's memory and of its time.

## What it sees
Serving that holds less than a quarter of the memory, on accelerators that are busy for less than a
third of the time: as `advisor watch` saw the box, else as projected.

## Why it is waste
Memory and arithmetic that nothing uses are in the price of every hour.

## What to do
Rent a smaller part (`advisor audit --any-hardware` shows what each costs), or divide this one.

## Sources
The projection's memory and rate beside the hardware's profile and the workload's demand.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint, levels_of
from advisor.advice.rules._busy import MOSTLY_IDLE, busy
from advisor.units import memory

SLUG = "gpu-too-large-for-its-model"
SMALL_SHARE = 0.25
"""The next smaller parts have a quarter to a third of the memory (L4 24 GB beside A100 80 GB)."""


def check(facts: Facts) -> Finding | None:
    held = constraint(facts.before, "memory, serving")
    if not facts.serves or held is None or held.value is None:
        return None
    found = busy(facts)
    if (
        facts.scenario.hardware.is_cpu
        or held.value > SMALL_SHARE * held.limit
        or found.share > MOSTLY_IDLE
    ):
        return None
    return Finding(
        SLUG,
        "note",
        f"{facts.scenario.hardware.id} is many times what the model needs",
        (
            ("memory held", memory(held.value)),
            ("one accelerator has", memory(held.limit)),
            *found.evidence,
        ),
        recommends=("mig",) if any(levels_of(facts, "mig")) else (),
    )


RULE = Rule(SLUG, "an accelerator with many times the memory it needs", check)
