"""A training step fits on one accelerator, so sharding it buys only traffic.

## What it sees
A workload that trains, and a projected step within the memory of one accelerator.

## Why it matters
Fully sharded data parallel gathers the parameters twice a step and scatters the gradients: half as
much traffic again as plain data parallel, and days of work to set up.

## What to do
Train on one GPU, or on several with plain data parallel where a run takes too long.

## Sources
Rajbhandari et al., "ZeRO" (SC 2020), §7: 1.5 times the traffic of an all-reduce.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint, levels_of
from advisor.units import memory

SLUG = "sharding-what-fits"


def check(facts: Facts) -> Finding | None:
    limit = constraint(facts.before, "memory, training")
    if limit is None or not limit.met or not any(levels_of(facts, "fsdp")):
        return None
    return Finding(
        SLUG,
        "note",
        f"a training step fits on one {facts.scenario.hardware.id}, so sharding it saves nothing",
        (("a step needs", memory(limit.value)), ("one accelerator has", memory(limit.limit))),
        cautions=("fsdp",),
    )


RULE = Rule(SLUG, "sharding a step that one accelerator holds", check)
