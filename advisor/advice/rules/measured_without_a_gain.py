"""A strategy was measured alone and made the model slower on this machine.

## What it sees
Measurements of a single strategy whose fastest run took longer than the baseline's median.

## Why it matters
A projection may be wrong, and here it can be checked: on this machine the strategy costs time.

## What to do
Leave it off here, or measure it together with torch-compile and at the batch that is served. On
other hardware than this machine the measurement says less.

## Sources
The measurements of this session: baseline and variant run in turn.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import seconds

SLUG = "measured-without-a-gain"


def check(facts: Facts) -> Finding | None:
    slower = [
        measurement
        for measurement in facts.measurements
        if len(measurement.request.choices) == 1
        and measurement.variant.latency_s.low > measurement.baseline.latency_s.median
    ]
    if not slower:
        return None
    return Finding(
        SLUG,
        "warning",
        "measured alone, it made the model slower",
        tuple(
            (
                each.request.choices[0],
                f"{seconds(each.baseline.latency_s.median)} → "
                f"{seconds(each.variant.latency_s.median)} on {each.environment.device_name}",
            )
            for each in slower
        ),
        cautions=tuple(sorted(each.request.choices[0].partition(":")[0] for each in slower)),
    )


RULE = Rule(SLUG, "a strategy that was measured and is slower", check)
