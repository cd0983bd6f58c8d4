"""A 16-bit format is offered on a part that states no rate for it.

## What it sees
A 32-bit model, and no bf16 rate in the hardware's profile; for mixed precision no fp16 rate
either.

## Why it matters
Without units for the format the arithmetic is emulated or converted back and forth. Only memory is
saved, and time may be lost. A processor's rate may be missing because nobody measured it.

## What to do
Leave the format as it is. On a T4 or V100 take float16 under autocast; on a processor measure
before believing either way.

## Sources
Hardware profiles, `[compute]`: a format without units of its own has no figure there.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.units import count

SLUG = "half-precision-without-units"


def check(facts: Facts) -> Finding | None:
    hardware = facts.scenario.hardware
    missing = [dtype for dtype in ("bf16", "fp16") if hardware.compute.peak_flops(dtype) is None]
    if facts.profile.dtype != "float32" or "bf16" not in missing:
        return None
    against = ("amp", "bf16") if "fp16" in missing else ("bf16",)
    return Finding(
        SLUG,
        "warning",
        f"{hardware.id} states no rate for {' and '.join(missing)}",
        (
            ("fp32 rate", count(hardware.compute.fp32_tflops * 1e12, "FLOP/s")),
            ("without a rate", ", ".join(missing)),
        ),
        cautions=against if hardware.is_cpu else (),
        forbids=() if hardware.is_cpu else against,
    )


RULE = Rule(SLUG, "a 16-bit format on a part that has no units for it", check)
