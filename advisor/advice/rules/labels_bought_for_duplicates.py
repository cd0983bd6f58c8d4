"""Labels are bought for samples that repeat others.

## What it sees
A data report that found duplicates, and a bill that pays for labels of new samples.

## Why it is waste
The label of a sample's twin is known already.

## What to do
Remove duplicates before labelling, and pick what is labelled; both stand on the same report.

## Sources
The workload's `data.duplicate_fraction`, which `--data-report` sets; Lee et al. 2021, arXiv
2107.06499.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import number, percent, usd

SLUG = "labels-bought-for-duplicates"
LABELLING = ("labelling", "quality checks")


def check(facts: Facts) -> Finding | None:
    found = facts.scenario.workload.data.duplicate_fraction
    paid = sum(
        line.usd_per_month.expected
        for line in facts.before.bill.lines
        if line.name in LABELLING and line.usd_per_month is not None
    )
    if found is None or found.expected == 0 or paid == 0:
        return None
    return Finding(
        SLUG,
        "waste",
        f"{percent(found.expected)} of the samples repeat others, and each is labelled again",
        (
            ("new samples a month", number(facts.scenario.workload.data.new_samples_per_month)),
            ("labels and their checks a month", usd(paid)),
            ("of it for duplicates", usd(paid * found.expected)),
        ),
        recommends=("data-deduplication", "label-fewer"),
    )


RULE = Rule(SLUG, "labels for samples that repeat", check)
