"""What is published about a strategy loses more than the workload allows, even at its mildest.

## What it sees
Strategies whose expected published loss, at the level that loses least, is above the workload's
floor, and that no measurement of this model has cleared.

## Why it matters
A saving that breaks the floor is rolled back after the work has been paid for.

## What to do
Measure it on this model first: published losses are of other models. Then the measurement decides.

## Sources
Each strategy's own source, named in its manual; the workload's `quality.max_drop`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import every_choice, parse_choice
from advisor.units import percent

SLUG = "quality-floor-at-risk"


def check(facts: Facts) -> Finding | None:
    floor = facts.scenario.workload.quality.max_drop
    cleared = {
        parse_choice(text, "a measurement").slug
        for measurement in facts.measurements
        if measurement.quality_drop is not None and measurement.quality_drop <= floor
        for text in measurement.request.choices
    }
    least = {
        slug: min(strategies()[slug].quality_drop(each.all_levels()).expected for each in choices)
        for slug, choices in every_choice().items()
        if slug not in cleared
    }
    risky = {slug: drop for slug, drop in least.items() if drop > floor}
    if not risky:
        return None
    return Finding(
        SLUG,
        "warning",
        f"published losses are above the {percent(floor)} that this workload allows",
        tuple((slug, f"{percent(drop)} or more expected") for slug, drop in risky.items()),
        cautions=tuple(risky),
    )


RULE = Rule(SLUG, "a published loss above the floor on quality", check)
