"""The part multiplies 8-bit floats faster than 16-bit ones, and the model uses none.

## What it sees
An fp8 rate in the hardware's profile, and a projection in which 8-bit floats answer more, alone or
in a compiled model.

## Why it is waste
Linear layers read twice the bytes and wait for half the arithmetic rate.

## What to do
Quantize the linear layers to fp8, compiled where the casts would cost what the product saves, and
measure the quality.

## Sources
Micikevicius et al. 2022, "FP8 Formats for Deep Learning"; hardware profiles, `[compute]`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import COMPILE, NOTICEABLE, gain, levels_of, rates, with_compile
from advisor.units import count

SLUG = "eight-bit-floats-unused"
FP8 = "fp8"


def check(facts: Facts) -> Finding | None:
    peak = facts.scenario.hardware.compute.peak_flops(FP8)
    eager = next((each for _, each in levels_of(facts, FP8)), None)
    if not facts.serves or peak is None or eager is None:
        return None
    recommended: tuple[str, ...]
    compiled, fused = facts.alone[COMPILE], with_compile(facts, FP8)
    if gain(facts.before, eager) >= NOTICEABLE:
        before, after, recommended = facts.before, eager, (FP8,)
    elif gain(compiled, fused) >= NOTICEABLE:
        before, after, recommended = compiled, fused, (FP8, COMPILE.slug)
    else:
        return None
    return Finding(
        SLUG,
        "waste",
        f"{facts.scenario.hardware.id} has 8-bit float units, and the model uses none",
        (
            ("fp8 rate", count(peak, "FLOP/s")),
            ("projected with " + " and ".join(recommended), rates(before, after)),
        ),
        recommends=recommended,
    )


RULE = Rule(SLUG, "8-bit float units that nothing uses", check)
