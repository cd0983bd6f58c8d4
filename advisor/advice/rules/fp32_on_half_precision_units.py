"""A 32-bit model on a part whose matrix units run 16-bit formats many times faster.

## What it sees
Parameters in float32, a 16-bit rate above the 32-bit one in the hardware's profile, and a
projection in which bf16 or mixed precision answers or trains faster.

## Why it is waste
The matrix units stand still: what is rented for its 16-bit rate works at its 32-bit rate.

## What to do
Cast the model to bfloat16, or run it under autocast where 32-bit weights have to stay. Where the
part has no bfloat16 units (V100, T4) take float16 under autocast.

## Sources
Hardware profiles, `[compute]`; NVIDIA DeepLearningExamples, ResNet-50 and BERT (2024-04).
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, gain, levels_of, rates
from advisor.projection.result import Projection
from advisor.units import count, seconds

SLUG = "fp32-on-half-precision-units"


def check(facts: Facts) -> Finding | None:
    compute = facts.scenario.hardware.compute
    halves = [(dtype, peak) for dtype in ("bf16", "fp16") if (peak := compute.peak_flops(dtype))]
    single = compute.fp32_tflops * 1e12
    if facts.profile.dtype != "float32" or not halves or halves[0][1] <= single:
        return None
    gains = {
        choice.slug: evidence
        for slug in ("amp", "bf16")
        for choice, projection in levels_of(facts, slug)
        if (evidence := _gain(facts, projection))
    }
    if not gains:
        return None
    dtype, peak = halves[0]
    return Finding(
        SLUG,
        "waste",
        f"the model computes in 32 bits while {facts.scenario.hardware.id} has {dtype} units",
        (
            ("fp32 rate", count(single, "FLOP/s")),
            (f"{dtype} rate", count(peak, "FLOP/s")),
            *((f"projected with {slug}", gains[slug]) for slug in sorted(gains)),
        ),
        recommends=tuple(sorted(gains)),
    )


def _gain(facts: Facts, after: Projection) -> str | None:
    """What serving gains or, where it gains nothing, training; None where neither does."""
    if facts.serves and gain(facts.before, after) > NOTICEABLE:
        return rates(facts.before, after)
    step, new_step = facts.before.training_step_s, after.training_step_s
    if step is None or new_step is None or new_step.expected > step.expected * (1 - NOTICEABLE):
        return None
    return f"{seconds(step.expected)} → {seconds(new_step.expected)} a training step"


RULE = Rule(SLUG, "32-bit arithmetic on a part built for 16 bits", check)
