"""One accelerator does not hold the model, so each replica takes several or does not run at all.

## What it sees
Serving that breaks the limit on memory or on accelerators of a replica, or that takes more than one
accelerator a replica.

## Why it matters
Split layers wait for each other's results, and a replica that is lost takes all its parts along.

## What to do
Take fewer bytes a weight, or a part with more memory (`advisor audit --any-hardware` shows what
each costs); what cannot shrink is split over linked accelerators.

## Sources
The projection's memory of the weights, the cache and the activations; the hardware's `[memory]`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint, levels_of
from advisor.projection.result import Projection
from advisor.strategies.catalog import strategies
from advisor.units import memory

SLUG = "model-too-large-for-its-gpu"
LIMITS = ("memory, serving", "accelerators per replica")


def check(facts: Facts) -> Finding | None:
    before = facts.before
    held = constraint(before, "memory, serving")
    if not facts.serves or held is None or (before.accelerators_per_replica == 1 and held.met):
        return None
    smaller = tuple(
        slug
        for slug, strategy in strategies().items()
        if "serving" in strategy.phases and _any_helps(facts, slug)
    )
    return Finding(
        SLUG,
        "warning",
        f"one {facts.scenario.hardware.id} does not hold the model",
        (
            ("needed of each accelerator", memory(held.value)),
            ("one accelerator has", memory(held.limit)),
            ("accelerators a replica", str(before.accelerators_per_replica)),
            ("strategies that need fewer", ", ".join(smaller) or "none"),
        ),
        recommends=smaller,
    )


def _any_helps(facts: Facts, slug: str) -> bool:
    return any(_helps(facts.before, each) for _, each in levels_of(facts, slug))


def _helps(before: Projection, after: Projection) -> bool:
    """Whether less is broken, or as much with fewer accelerators a replica."""
    was, now = (
        [limit.name for limit in each.broken_constraints if limit.name in LIMITS]
        for each in (before, after)
    )
    fewer = after.accelerators_per_replica < before.accelerators_per_replica
    return len(now) < len(was) or (fewer and len(now) == len(was))


RULE = Rule(SLUG, "a model that one accelerator does not hold", check)
