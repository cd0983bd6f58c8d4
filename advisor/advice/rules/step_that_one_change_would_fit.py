"""A training step does not fit, and there are ways to make it fit beside sharding everything.

## What it sees
A step above the accelerator's memory, and projections in which a strategy brings it below; where
none does alone, those that make it smaller.

## Why it matters
What fits on one accelerator needs no exchange, no launcher and no second machine.

## What to do
Try what costs no quality first. Where no single change is enough the plan combines several.

## Sources
Rajbhandari et al., "ZeRO" (SC 2020), §5; the profile's simulated training step.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint, levels_of
from advisor.strategies.catalog import strategies
from advisor.units import memory

SLUG = "step-that-one-change-would-fit"


def check(facts: Facts) -> Finding | None:
    limit = constraint(facts.before, "memory, training")
    if limit is None or limit.value is None or limit.met is not False:
        return None
    least = {
        slug: min(held)
        for slug, strategy in strategies().items()
        if "training" in strategy.phases and (held := _held(facts, slug))
    }
    fitting = {slug: held for slug, held in least.items() if held <= limit.limit}
    smaller = {slug: held for slug, held in least.items() if held < limit.value}
    chosen = fitting or smaller
    if not chosen:
        return None
    return Finding(
        SLUG,
        "warning",
        "a step does not fit, and " + ("one change would do" if fitting else "no one change does"),
        (
            ("a step needs", memory(limit.value)),
            ("one accelerator has", memory(limit.limit)),
            *((f"with {slug}", memory(held)) for slug, held in chosen.items()),
        ),
        recommends=tuple(chosen),
    )


def _held(facts: Facts, slug: str) -> list[float]:
    """Bytes of an accelerator that each level of a strategy needs."""
    found = (constraint(each, "memory, training") for _, each in levels_of(facts, slug))
    return [each.value for each in found if each is not None and each.value is not None]


RULE = Rule(SLUG, "a training step too large by what one change saves", check)
