"""A step keeps its whole batch on one accelerator, and ranks that share the batch would hold it.

## What it sees
A training step above the accelerator's memory that fits once plain data parallel ranks share the
batch, alone or beside micro-batches and adapters that do not make it fit on one.

## Why it matters
What lasts of adapters and small models is little; it is the activations of the batch that do not
fit. A rank keeps those of its part only and computes nothing twice, where checkpointing computes
the forward pass again. It pays an all-reduce of what is trained.

## What to do
Share the batch among as few ranks as hold it, with micro-batches as small as still fill them.

## Sources
Li et al., "PyTorch Distributed: Experiences on Accelerating Data Parallel Training", VLDB 2020;
Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016; the profile's simulated step.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint, levels_of
from advisor.projection.project import project
from advisor.projection.result import Projection
from advisor.strategies.selection import Selection, conflict, selection, setup_for
from advisor.units import memory

SLUG = "whole-batch-on-one-accelerator"
STEP = "memory, training"
RANKS, PARTS, ADAPTERS = "ddp", "gradient-accumulation", ("lora", "qlora")


def check(facts: Facts) -> Finding | None:
    limit = constraint(facts.before, STEP)
    if limit is None or limit.value is None or limit.met is not False:
        return None
    beside = list(_beside(facts))
    too_large = [
        each
        for each, projection in zip(beside, _projected(facts, beside), strict=True)
        if not _fits(projection)
    ]
    shared = [
        selection([*each, choice]) for each in too_large for choice, _ in levels_of(facts, RANKS)
    ]
    fitting = [
        (projection.bill.total().expected, each, projection)
        for each, projection in zip(shared, _projected(facts, shared), strict=True)
        if _fits(projection)
    ]
    if not fitting:
        return None
    _, chosen, after = min(fitting, key=lambda found: found[0])
    held = constraint(after, STEP)
    return Finding(
        SLUG,
        "warning",
        "a step does not fit on one accelerator, and ranks that share its batch hold it",
        (
            ("a step needs", memory(limit.value)),
            ("one accelerator has", memory(limit.limit)),
            (f"with {', '.join(map(str, chosen))}", memory(None if held is None else held.value)),
        ),
        recommends=tuple(choice.slug for choice in chosen),
    )


def _beside(facts: Facts) -> Iterator[Selection]:
    """Nothing, micro-batches, adapters, or both."""
    parts = [(), *((choice,) for choice, _ in levels_of(facts, PARTS))]
    adapters = [(), *((choice,) for slug in ADAPTERS for choice, _ in levels_of(facts, slug))]
    for some in parts:
        for one in adapters:
            if not one or conflict(one[0].slug, some) is None:
                yield selection([*some, *one])


def _projected(facts: Facts, found: list[Selection]) -> list[Projection]:
    return project(facts.scenario, [setup_for(each) for each in found]) if found else []


def _fits(projection: Projection) -> bool:
    held = constraint(projection, STEP)
    lossy = any(limit.name == "quality" for limit in projection.broken_constraints)
    return held is not None and held.met is True and not lossy


RULE = Rule(SLUG, "a batch that several ranks would hold", check)
