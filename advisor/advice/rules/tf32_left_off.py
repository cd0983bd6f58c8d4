"""Matrix products of a 32-bit model leave the TF32 units idle.

## What it sees
Parameters in float32, a TF32 rate above the 32-bit one in the hardware's profile, and a projection
in which TF32 products answer more.

## Why it is waste
PyTorch computes matrix products of 32-bit floats on the plain units unless it is told otherwise.

## What to do
Set `torch.set_float32_matmul_precision("high")`: one line, nothing is converted. 16 bits gain more
where they are allowed.

## Sources
PyTorch, "CUDA semantics: TensorFloat-32 on Ampere devices"; hardware profiles, `tf32_tflops`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, gain, levels_of, rates
from advisor.units import count

SLUG = "tf32-left-off"


def check(facts: Facts) -> Finding | None:
    compute = facts.scenario.hardware.compute
    tf32, single = compute.peak_flops("tf32"), compute.fp32_tflops * 1e12
    if not facts.serves or facts.profile.dtype != "float32" or tf32 is None or tf32 <= single:
        return None
    after = next((each for _, each in levels_of(facts, "tf32")), None)
    if after is None or gain(facts.before, after) < NOTICEABLE:
        return None
    return Finding(
        SLUG,
        "waste",
        "32-bit products run on the plain units beside TF32 ones",
        (
            ("fp32 rate", count(single, "FLOP/s")),
            ("TF32 rate", count(tf32, "FLOP/s")),
            ("projected with tf32", rates(facts.before, after)),
        ),
        recommends=("tf32",),
    )


RULE = Rule(SLUG, "32-bit products on a part with TF32 units", check)
