"""Finding scales and quantizing inputs takes longer than the integer product saves.

## What it sees
A projection in which int8 weights and activations, not compiled, answer less than the model as it
came.

## Why it matters
Uncompiled, some thirty small kernels run for each linear layer before its product. At small
batches they are nearly all of the time.

## What to do
Leave it off, or switch on torch-compile with it; the evidence shows both projections.

## Sources
torchao quantization read-me (2025-01): 0.09 of the speed for a 7B decoder at batch 1.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import COMPILE, NOTICEABLE, gain, rates, with_compile
from advisor.strategies.selection import Choice

SLUG = "quantizing-activations-costs-more"


def check(facts: Facts) -> Finding | None:
    eager = facts.alone[Choice("int8-dynamic")]
    if not facts.serves or gain(facts.before, eager) > -NOTICEABLE:
        return None
    compiled, fused = facts.alone[COMPILE], with_compile(facts, "int8-dynamic")
    return Finding(
        SLUG,
        "warning",
        "quantizing each input takes longer than the integer product saves",
        (
            ("requests served together", str(facts.before.serving_batch_size)),
            ("projected, not compiled", rates(facts.before, eager)),
            ("projected, compiled", rates(compiled, fused)),
        ),
        cautions=("int8-dynamic",),
    )


RULE = Rule(SLUG, "int8 activations that make the model slower", check)
