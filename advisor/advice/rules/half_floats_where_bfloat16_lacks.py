"""The part has no bfloat16 units, and its float16 ones stand idle.

## What it sees
Parameters in float32, a float16 rate and none for bfloat16, and a projection in which float16
answers more.

## Why it is waste
Parts before Ampere multiply float16 several times as fast as float32.

## What to do
Cast to float16 and measure: its range is smaller than bfloat16's, so large activations overflow.

## Sources
Hardware profiles, `[compute]`; Micikevicius et al. 2017, "Mixed Precision Training".
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, gain, levels_of, rates
from advisor.units import count

SLUG = "half-floats-where-bfloat16-lacks"


def check(facts: Facts) -> Finding | None:
    compute = facts.scenario.hardware.compute
    half = compute.peak_flops("fp16")
    if not facts.serves or facts.profile.dtype != "float32" or half is None:
        return None
    after = next((each for _, each in levels_of(facts, "fp16")), None)
    lacks = compute.peak_flops("bf16") is None
    if not lacks or after is None or gain(facts.before, after) < NOTICEABLE:
        return None
    return Finding(
        SLUG,
        "waste",
        f"{facts.scenario.hardware.id} multiplies float16 faster, and the model is in float32",
        (
            ("fp16 rate", count(half, "FLOP/s")),
            ("projected with fp16", rates(facts.before, after)),
        ),
        recommends=("fp16",),
    )


RULE = Rule(SLUG, "fp16 units on a part without bfloat16", check)
