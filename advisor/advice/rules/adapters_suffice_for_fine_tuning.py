"""A published model is adapted again and again by training all of its weights.

## What it sees
A decoder trained more than once a month on fewer tokens than it has parameters.

## Why it matters
A full fine-tune holds gradients and states of every parameter and keeps a whole model for each
task. Adapters hold a hundredth of that, and the backward pass skips the weights' gradients.

## What to do
Train adapters, and measure the task's score against a full fine-tune before the plan is kept.

## Sources
Hu et al., "LoRA", 2021; Biderman et al., 2024, for tasks where full fine-tuning learns more.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import number

SLUG = "adapters-suffice-for-fine-tuning"
FEW_TOKENS = 1.0
"""Tokens for each parameter; pre-training takes about 20 (Hoffmann et al. 2022). An assumption."""


def check(facts: Facts) -> Finding | None:
    training = facts.scenario.workload.training
    tokens = training.samples * (training.tokens_per_sample or 1)
    seen = tokens / max(facts.profile.parameters, 1)
    if training.runs_per_month <= 1 or facts.profile.decoder is None or seen >= FEW_TOKENS:
        return None
    return Finding(
        SLUG,
        "note",
        "the workload adapts a model on far fewer tokens than it has parameters",
        (
            ("tokens in the training set", number(tokens)),
            ("parameters", number(facts.profile.parameters)),
            ("runs a month", number(training.runs_per_month)),
        ),
        recommends=("lora",),
    )


RULE = Rule(SLUG, "every weight trained where adapters suffice", check)
