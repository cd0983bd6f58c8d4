"""8-bit weights are cast back to the computing format at every call, and that costs more.

## What it sees
A projection in which 8-bit weights, not compiled, answer less than the model as it came.

## Why it matters
The cast writes each weight out in the computing format and reads it back: more traffic than
reading it once as it was.

## What to do
Switch on torch-compile with it, which fuses the cast into the product, or leave it off where even
then it is slower.

## Sources
torchao quantization read-me (2025-01) and inference workflow page (2026-08): 0.65 to 0.91 of the
speed when served in large batches.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import COMPILE, NOTICEABLE, gain, rates, with_compile
from advisor.strategies.selection import Choice

SLUG = "weights-cast-back-at-every-call"


def check(facts: Facts) -> Finding | None:
    eager = facts.alone[Choice("int8-weight-only")]
    if not facts.serves or gain(facts.before, eager) > -NOTICEABLE:
        return None
    fused = with_compile(facts, "int8-weight-only")
    return Finding(
        SLUG,
        "warning",
        "uncompiled, casting 8-bit weights back costs more than reading them whole",
        (
            ("projected, not compiled", rates(facts.before, eager)),
            ("projected, compiled", rates(facts.alone[COMPILE], fused)),
        ),
        cautions=("int8-weight-only",),
    )


RULE = Rule(SLUG, "8-bit weights that make an uncompiled model slower", check)
