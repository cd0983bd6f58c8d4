"""A floor on the worst class's loss, and nothing measured that could keep it.

## What it sees
A workload that limits what any one class may lose, strategies that change the model's numbers, and
no measurement with per-class figures for them.

## Why it matters
Compression harms some classes many times more than the average shows, most of all rare ones.

## What to do
Measure on a model that brings labelled data, and read the worst class's drop before deciding.

## Sources
Hooker et al., "Characterising Bias in Compressed Models" (2020), arXiv 2010.03058.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import parse_choice
from advisor.units import percent

SLUG = "worst-class-unmeasured"
COMPRESSING = ("pruning", "quantization", "model choice")


def check(facts: Facts) -> Finding | None:
    limit = facts.scenario.workload.quality.max_worst_class_drop
    if limit is None:
        return None
    measured = {
        parse_choice(text, "a measurement").slug
        for measurement in facts.measurements
        if measurement.worst_class_drop is not None
        for text in measurement.request.choices
    }
    unknown = [
        slug
        for slug, strategy in strategies().items()
        if strategy.family in COMPRESSING and slug not in measured
    ]
    if not unknown:
        return None
    return Finding(
        SLUG,
        "note",
        "what compression costs the worst class is not measured, and the workload limits it",
        (
            ("worst class may lose", percent(limit)),
            ("not measured by class", ", ".join(unknown)),
        ),
        cautions=tuple(unknown),
    )


RULE = Rule(SLUG, "a floor for the worst class and no measurement by class", check)
