"""Decoding at small batches reads weights that could be a quarter of the bytes.

## What it sees
A projection in which 4-bit weights answer more in a compiled model than the model as it came.

## Why it is waste
While few sequences share a step, the time of a step is the time to read the weights.

## What to do
Store linear weights in 4 bits where the floor on quality allows it, and measure.

## Sources
Frantar et al. 2022, "GPTQ", arXiv 2210.17323; torchao quantization read-me (2025-01).
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import COMPILE, NOTICEABLE, gain, rates, with_compile

SLUG = "four-bits-at-small-batches"
FOUR_BITS = "int4-weight-only"


def check(facts: Facts) -> Finding | None:
    if not facts.serves or facts.profile.decoder is None:
        return None
    compiled, fused = facts.alone[COMPILE], with_compile(facts, FOUR_BITS)
    if gain(compiled, fused) < NOTICEABLE:
        return None
    return Finding(
        SLUG,
        "waste",
        "each step reads weights that could be a quarter of the bytes",
        (
            ("sequences that share a step", str(facts.before.serving_batch_size)),
            ("projected with 4-bit weights, compiled", rates(compiled, fused)),
        ),
        recommends=(FOUR_BITS, COMPILE.slug),
    )


RULE = Rule(SLUG, "weights that 4 bits would halve again", check)
