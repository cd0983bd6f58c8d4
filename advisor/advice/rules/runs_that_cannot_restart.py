"""Training that cannot restart from a checkpoint on capacity that may be taken away.

## What it sees
A workload that trains, and says that a preempted run cannot start again.

## Why it matters
One preemption loses the whole run: every hour paid so far, and the days until it is noticed.

## What to do
Keep training on demand. Writing checkpoints is what would change this; then set
`interruptible_training = true`.

## Sources
The workload's own figures; SkyPilot spot traces (2022-10 to 2023-04): GPUs were kept for 1.4 to
3.2 hours.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import number

SLUG = "runs-that-cannot-restart"


def check(facts: Facts) -> Finding | None:
    workload = facts.scenario.workload
    if not facts.trains or workload.interruptible_training:
        return None
    return Finding(
        SLUG,
        "warning",
        "a preempted run of this workload loses all its work",
        (
            ("training runs a month", number(workload.training.runs_per_month)),
            ("interruptible training", "no"),
        ),
        forbids=("spot",),
    )


RULE = Rule(SLUG, "training without checkpoints on spot capacity", check)
