"""A GPU serves one process that leaves most of it idle.

## What it sees
Serving on whole GPUs, and a projection in which the replica is one of several processes on a GPU,
keeps every constraint and costs less. Where `advisor watch` saw the box busy, nothing.

## Why it is waste
The rest of the GPU is paid for and does nothing.

## What to do
Put others' processes beside it: side by side (MPS), or by turns where MPS cannot be had. It pays
only where there are others.

## Sources
NVIDIA Multi-Process Service, "When to use MPS".
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import shared_gpus
from advisor.advice.rules._busy import MOSTLY_IDLE, busy, watched_devices
from advisor.units import number, usd

SLUG = "one-process-a-gpu"


def check(facts: Facts) -> Finding | None:
    seen = busy(facts) if watched_devices(facts) else None
    if not facts.serves or (seen is not None and seen.share > MOSTLY_IDLE):
        return None
    before = facts.before.bill.total().expected
    cheaper = [
        (choice, projection)
        for choice, projection in shared_gpus(facts)
        if not projection.broken_constraints and projection.bill.total().expected < before
    ]
    if not cheaper:
        return None
    choice, best = min(cheaper, key=lambda pair: pair[1].bill.total().expected)
    accelerators = (facts.before.serving_accelerators, best.serving_accelerators)
    return Finding(
        SLUG,
        "waste",
        "each GPU serves one process alone",
        (
            *(() if seen is None else seen.evidence),
            ("accelerators paid for", " → ".join(number(each.expected) for each in accelerators)),
            (f"saved a month with {choice}", usd(before - best.bill.total().expected)),
        ),
        recommends=tuple(sorted({choice.slug for choice, _ in cheaper})),
    )


RULE = Rule(SLUG, "one process on a GPU with room for more", check)
