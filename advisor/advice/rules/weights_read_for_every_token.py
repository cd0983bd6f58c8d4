"""Decoding reads every weight for each step, and the memory's bandwidth is what it waits for.

## What it sees
A decoder whose time would shrink most if memory were infinitely fast, and a projection in which
8-bit weights answer more in a compiled model.

## Why it is waste
The arithmetic units wait for weights that are held in twice the bytes they need.

## What to do
Store the linear weights in 8 bits, and compile: uncompiled, the cast writes each weight out and
reads it back.

## Sources
Pope et al., "Efficiently Scaling Transformer Inference" (2022), §2; torchao quantization read-me
(2025-01); the hardware's bandwidth from its profile.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import COMPILE, NOTICEABLE, gain, rates, with_compile
from advisor.advice.rules._bounds import share_of_time
from advisor.projection.operators import operator_table
from advisor.units import memory, percent

SLUG = "weights-read-for-every-token"
LARGE_SHARE = 0.15
"""8 bits halve it at the best: of a smaller share hardly anything would be noticed."""


def check(facts: Facts) -> Finding | None:
    decode = facts.profile.phase("decode")
    if not facts.serves or decode is None:
        return None
    waiting = share_of_time(facts, "bandwidth")
    compiled, after = facts.alone[COMPILE], with_compile(facts, "int8-weight-only")
    if waiting < LARGE_SHARE or gain(compiled, after) < NOTICEABLE:
        return None
    read = operator_table(decode).linear_weight_bytes
    batch = facts.before.serving_batch_size
    return Finding(
        SLUG,
        "waste",
        "decoding waits for weights that could be half as many bytes",
        (
            ("linear weights read a step", memory(read)),
            ("sequences that share a step", str(batch)),
            ("time that faster memory would save", percent(waiting)),
            ("projected with 8-bit weights, compiled", rates(compiled, after)),
        ),
        recommends=("int8-weight-only", COMPILE.slug),
    )


RULE = Rule(SLUG, "decoding bound by the bandwidth that its weights take", check)
