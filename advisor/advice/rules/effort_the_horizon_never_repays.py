"""A strategy saves something every month, and less than the days it takes cost.

## What it sees
Strategies whose projected saving in computing, at their best level, is above nothing and below
their one-off days spread over the horizon.

## Why it matters
The invoice shrinks and the company is poorer: people are part of the bill.

## What to do
Leave it until demand grows or the horizon is longer. The evidence shows both figures.

## Sources
The strategy's effort in days, the organization's salaries and the workload's horizon.
"""

from __future__ import annotations

from collections import defaultdict

from advisor.advice.rule import Facts, Finding, Rule
from advisor.projection.result import Projection
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import lacking_on
from advisor.units import usd

SLUG = "effort-the-horizon-never-repays"


def check(facts: Facts) -> Finding | None:
    if facts.before.bill.missing:
        return None
    best: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for choice, projection in facts.alone.items():
        lacks = lacking_on(facts.scenario.hardware, strategies()[choice.slug])
        if lacks is None and not projection.bill.missing:
            figures = _saved(facts.before, projection), _effort(facts.before, projection)
            best[choice.slug] = max(best[choice.slug], figures)
    lost = {slug: figures for slug, figures in sorted(best.items()) if 0 < figures[0] < figures[1]}
    if not lost:
        return None
    return Finding(
        SLUG,
        "note",
        f"over {facts.scenario.workload.horizon_months:g} months the work costs more than it saves",
        tuple(
            (slug, f"saves {usd(saved)} a month, takes {usd(effort)} a month")
            for slug, (saved, effort) in lost.items()
        ),
        cautions=tuple(lost),
    )


def _effort(before: Projection, after: Projection) -> float:
    return after.bill.total("human").expected - before.bill.total("human").expected


def _saved(before: Projection, after: Projection) -> float:
    total = before.bill.total().expected - after.bill.total().expected
    return round(total + _effort(before, after), 2)


RULE = Rule(SLUG, "work that costs more than it saves within the horizon", check)
