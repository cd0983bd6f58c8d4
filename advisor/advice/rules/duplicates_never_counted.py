"""Nobody knows how much of the data repeats, and each repeat is stored, trained on and labelled.

## What it sees
A workload without a duplicate fraction, and a projection in which leaving out as much as published
data sets repeat saves more than the work costs.

## Why it is waste
A sample that repeats teaches nothing new, and costs as much as the first.

## What to do
Count them first, with a data report: the published fraction is of other data. Then leave them out.

## Sources
Lee et al. 2021, arXiv 2107.06499: 0.4 to 13.6% near duplicates in four text data sets.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.projection.data_kept import duplicate_fraction
from advisor.units import percent, usd

SLUG = "duplicates-never-counted"
LEAVING_OUT = "data-deduplication"


def check(facts: Facts) -> Finding | None:
    if facts.scenario.workload.data.duplicate_fraction is not None:
        return None
    best = cheapest_level(facts, LEAVING_OUT)
    if best is None:
        return None
    assumed = duplicate_fraction(facts.scenario)
    return Finding(
        SLUG,
        "note",
        "nobody has counted the samples that repeat, and leaving them out would pay",
        (
            ("published of other data", f"{percent(assumed.low)} to {percent(assumed.high)}"),
            (f"saved a month with {LEAVING_OUT}", usd(best[1])),
        ),
        recommends=(LEAVING_OUT,),
    )


RULE = Rule(SLUG, "data nobody looked for duplicates in", check)
