"""4-bit weights are converted again for each tile of a large batch.

## What it sees
A projection in which 4-bit weights answer less than the model as it came.

## Why it matters
Arithmetic decides in a batch; the conversion comes on top of it, and what is read less no
longer counts.

## What to do
Leave 4-bit weights to small batches and to models that would not fit otherwise; fp8 computes in the
format that it reads.

## Sources
Model-Optimizer benchmark (2026-08): Llama 8B and 70B on H200, 0.75 to 1.03 of the speed at batch 8
to 64.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, gain, rates
from advisor.strategies.selection import Choice

SLUG = "four-bit-weights-in-large-batches"

FOUR_BITS = "int4-weight-only"


def check(facts: Facts) -> Finding | None:
    after = facts.alone[Choice(FOUR_BITS)]
    if not facts.serves or gain(facts.before, after) > -NOTICEABLE:
        return None
    return Finding(
        SLUG,
        "warning",
        "converting 4-bit weights costs more than reading them whole",
        (
            ("batch", str(facts.before.serving_batch_size)),
            ("projected with 4-bit weights", rates(facts.before, after)),
        ),
        cautions=(FOUR_BITS,),
    )


RULE = Rule(SLUG, "4-bit weights where arithmetic decides", check)
