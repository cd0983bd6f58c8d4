"""The projection finds a cheaper setup by changing one strategy at a time.

## What it sees
From nothing on, the strategies that alone save money within every constraint; then those that each
step of a descent takes: the one change (with compilation or not) that saves most, until none does.
Where no single change keeps every limit, the descent begins at several that do together.

## Why it is waste
Several small savings that no rule is named after add up.

## What to do
Take them as far as their days of work pay; the plan searches their combinations exactly.

## Sources
The projection's own bill, work included; see each strategy for where its figures come from.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.advice.rules._descent import descent
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import Selection
from advisor.units import usd

SLUG = "cheaper-one-change-at-a-time"


def check(facts: Facts) -> Finding | None:
    evidence = {
        slug: f"saves {usd(best[1])} a month alone"
        for slug in strategies()
        if (best := cheapest_level(facts, slug)) is not None
    }
    before: Selection = ()
    for now, saved in descent(facts.scenario):
        gain = f"saves {usd(saved)} a month" if saved > 0 else "helps to keep the limits"
        for choice in now:
            if choice not in before:
                evidence.setdefault(choice.slug, f"{gain} beside others, as {choice}")
        before = now
    if not evidence:
        return None
    return Finding(
        SLUG,
        "waste",
        "the projection finds a cheaper setup by changing one strategy at a time",
        tuple(evidence.items()),
        recommends=tuple(evidence),
    )


RULE = Rule(SLUG, "a cheaper setup within a few single changes", check)
