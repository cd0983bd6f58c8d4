"""Processes that share a GPU would break what one alone keeps.

## What it sees
A constraint that is kept on whole GPUs, and broken with any number of processes on one of them.

## Why it matters
Processes side by side have a part of the GPU each, and by turns each waits for the others; the
memory that they hold adds up.

## What to do
Keep one process a GPU, or instances that are isolated in hardware (MIG) where they suffice.

## Sources
NVIDIA Multi-Process Service, "When to use MPS"; NVIDIA GPU Operator, "Time-slicing GPUs".
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import SHARED_BY, shared_gpus

SLUG = "tenants-that-break-an-objective"


def check(facts: Facts) -> Finding | None:
    if not facts.serves or facts.before.broken_constraints:
        return None
    tried = list(shared_gpus(facts))
    worse = tuple(
        slug
        for slug in SHARED_BY
        if any(choice.slug == slug for choice, _ in tried)
        and all(each.broken_constraints for choice, each in tried if choice.slug == slug)
    )
    if not worse:
        return None
    broken = [
        (str(choice), ", ".join(limit.name for limit in each.broken_constraints))
        for choice, each in tried
        if choice.slug in worse
    ]
    return Finding(
        SLUG,
        "warning",
        "processes that share a GPU break a constraint that one alone keeps",
        tuple((f"broken with {choice}", names) for choice, names in broken),
        cautions=worse,
    )


RULE = Rule(SLUG, "a GPU shared against an objective", check)
