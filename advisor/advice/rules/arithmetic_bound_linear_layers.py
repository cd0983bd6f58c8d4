"""Linear layers wait for arithmetic on a part whose int8 units are faster.

## What it sees
An int8 rate in the hardware's profile, a model whose time would shrink if arithmetic were free, and
a projection in which int8 weights and activations answer more.

## Why it is waste
The integer units stand still while the floating-point units are the bottleneck.

## What to do
Quantize the linear layers dynamically, and compile, so that scales and casts are fused into the
kernels around them. Check quality: this is the strategy whose published loss is widest.

## Sources
Hardware profiles, `[compute]`; torchao quantization read-me (2025-01) and inference workflow page
(2026-08).
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import COMPILE, NOTICEABLE, gain, rates, with_compile
from advisor.advice.rules._bounds import share_of_time
from advisor.strategies.selection import Choice
from advisor.units import count, percent

SLUG = "arithmetic-bound-linear-layers"
LARGE_SHARE = 0.15
"""int8 halves it at the best: of a smaller share hardly anything would be noticed."""


def check(facts: Facts) -> Finding | None:
    int8 = facts.scenario.hardware.compute.peak_flops("int8")
    if not facts.serves or int8 is None:
        return None
    computing = share_of_time(facts, "arithmetic")
    if computing < LARGE_SHARE:
        return None
    compiled, fused = facts.alone[COMPILE], with_compile(facts, "int8-dynamic")
    eager = facts.alone[Choice("int8-dynamic")]
    needs_compile = gain(eager, fused) > NOTICEABLE
    before, after = (compiled, fused) if needs_compile else (facts.before, eager)
    if gain(before, after) < NOTICEABLE:
        return None
    return Finding(
        SLUG,
        "waste",
        "arithmetic is what the linear layers wait for, and the int8 units are not used",
        (
            ("time that free arithmetic would save", percent(computing)),
            ("int8 rate", count(int8, "OP/s")),
            ("projected in int8" + (", compiled" if needs_compile else ""), rates(before, after)),
        ),
        recommends=("int8-dynamic", COMPILE.slug) if needs_compile else ("int8-dynamic",),
    )


RULE = Rule(SLUG, "arithmetic-bound linear layers beside unused int8 units", check)
