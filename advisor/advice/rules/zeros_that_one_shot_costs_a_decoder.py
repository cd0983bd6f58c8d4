"""Two of four weights of a decoder would be zero with no training after.

## What it sees
A decoder that is served on hardware with sparse units, and no measurement of it with 2:4 sparsity.

## Why it matters
What is expected of 2:4 sparsity is of vision models and of models trained again. Of decoders the
best one-shot methods leave perplexity 65 to 99% higher, and magnitude alone more.

## What to do
Take recovery with it, for more than a few steps, and measure both together before anything else.

## Sources
Wanda read-me (2023-11): Llama-2 7B to 70B at 2:4; Model-Optimizer benchmark (2026-08): validation
loss 40% above the dense model's even after fine-tuning.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.strategies.catalog import strategy_by_slug
from advisor.strategies.selection import lacking_on, parse_choice
from advisor.units import percent

SLUG = "zeros-that-one-shot-costs-a-decoder"
SPARSITY = "semi-structured-sparsity"
ONE_SHOT = (0.654, 0.986)
"""Relative increase of perplexity, Llama-2 70B and 7B."""


def check(facts: Facts) -> Finding | None:
    if not facts.serves or facts.profile.decoder is None:
        return None
    if lacking_on(facts.scenario.hardware, strategy_by_slug(SPARSITY)) is not None:
        return None
    for measurement in facts.measurements:
        chosen = {parse_choice(text, "a measurement").slug for text in measurement.request.choices}
        if SPARSITY in chosen and measurement.quality_drop is not None:
            return None
    least, most = ONE_SHOT
    return Finding(
        SLUG,
        "warning",
        "half of a decoder's weights set to zero at once cost it most of its quality",
        (
            ("published rise of perplexity", f"{percent(least)} to {percent(most)}"),
            ("quality may fall by", percent(facts.scenario.workload.quality.max_drop)),
        ),
        cautions=(SPARSITY,),
    )


RULE = Rule(SLUG, "a decoder that would lose half of its weights untrained", check)
