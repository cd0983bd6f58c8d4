"""A decoder's student would be taught on a small part of what such students need.

## What it sees
A decoder of a billion parameters or more, and training data of under a hundredth of the tokens that
published students of decoders were trained on.

## Why it matters
A student cut out of a general model forgets what its data does not show. It may do on the task of
the data, and the published losses are not of that.

## What to do
Distil for the one task that is served and measure on it, or take a smaller model of the same
family; do not expect the student to be as general as its teacher.

## Sources
NVIDIA Model-Optimizer, pruning and distillation (2026-08): 80 to 100 billion tokens to recover a
pruned decoder.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import number

SLUG = "student-of-a-decoder-on-few-tokens"
DISTILLATION = "distillation"
LARGE = 1e9
"""Parameters; what was published is of models of billions."""
PUBLISHED_TOKENS = 8e10
FEW = 0.01


def check(facts: Facts) -> Finding | None:
    training, profile = facts.scenario.workload.training, facts.profile
    if profile.decoder is None or profile.parameters < LARGE:
        return None
    tokens = training.samples * (training.tokens_per_sample or profile.phases[0].query_tokens or 1)
    if tokens >= FEW * PUBLISHED_TOKENS:
        return None
    return Finding(
        SLUG,
        "warning",
        "a student of this decoder would see few of the tokens that published ones were taught on",
        (
            ("tokens of the training data", number(tokens)),
            ("tokens of published students", f"{number(PUBLISHED_TOKENS)} or more"),
        ),
        cautions=(DISTILLATION,),
    )


RULE = Rule(SLUG, "a large decoder to be distilled on little data", check)
