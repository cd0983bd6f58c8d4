"""A measurement of this model shows a loss above the workload's floor.

## What it sees
Measurements of a single strategy whose loss of quality, or whose worst class's loss, is above what
the workload allows.

## Why it matters
This is no published figure of another model: it is this model, and the floor is broken.

## What to do
Take a milder level, another strategy, or win the loss back by fine-tuning and measure again.

## Sources
The measurements of this session.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.catalog.workload import Quality
from advisor.measurement.result import Measurement
from advisor.strategies.selection import parse_choice
from advisor.units import percent

SLUG = "measured-drop-beyond-the-floor"


def check(facts: Facts) -> Finding | None:
    floor = facts.scenario.workload.quality
    broken = [
        measurement
        for measurement in facts.measurements
        if len(measurement.request.choices) == 1 and _breaks(measurement, floor)
    ]
    if not broken:
        return None
    return Finding(
        SLUG,
        "warning",
        f"measured losses are above the {percent(floor.max_drop)} that this workload allows",
        tuple((each.request.choices[0], _losses(each)) for each in broken),
        forbids=tuple(sorted(_written_out(each.request.choices[0]) for each in broken)),
    )


def _written_out(text: str) -> str:
    """The choice with every level named: a bare slug would forbid all its levels."""
    choice = parse_choice(text, "a measurement")
    levels = choice.all_levels().items()
    return ":".join([choice.slug, *(f"{name}={level}" for name, level in levels)])


def _breaks(measurement: Measurement, floor: Quality) -> bool:
    drop, worst = measurement.quality_drop, measurement.worst_class_drop
    overall = drop is not None and drop > floor.max_drop
    limit = floor.max_worst_class_drop
    return overall or (worst is not None and limit is not None and worst > limit)


def _losses(measurement: Measurement) -> str:
    worst = measurement.worst_class_drop
    by_class = "" if worst is None else f", worst class {percent(worst)}"
    return f"loses {percent(measurement.quality_drop)}{by_class}"


RULE = Rule(SLUG, "a measured loss above the floor on quality", check)
