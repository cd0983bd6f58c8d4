"""Activations are written to memory by one kernel only to be read by the next.

## What it sees
A model that is no decoder, whose time would shrink if memory were infinitely fast, and a projection
in which compiling answers more.

## Why it is waste
Normalisations, activations and additions do almost no arithmetic: uncompiled, each of them reads
and writes whole tensors that could have stayed in registers.

## What to do
Compile the model, which fuses runs of such operators into one kernel.

## Sources
Williams, Waterman and Patterson, "Roofline" (CACM 2009); timm benchmark tables (2024-09 to
2026-01): 1.2 to 2.2 times as fast compiled.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import COMPILE, NOTICEABLE, gain, rates
from advisor.advice.rules._bounds import share_of_time
from advisor.projection.operators import STREAMING, operator_table
from advisor.projection.serving import main_phase
from advisor.units import percent

SLUG = "activations-streamed-between-kernels"
LARGE_SHARE = 0.3
"""Fusion takes away a part of the traffic, never that of the weights: a smaller share leaves next
to nothing. An assumption."""


def check(facts: Facts) -> Finding | None:
    if not facts.serves or facts.profile.decoder is not None:
        return None
    waiting, after = share_of_time(facts, "bandwidth"), facts.alone[COMPILE]
    if waiting < LARGE_SHARE or gain(facts.before, after) < NOTICEABLE:
        return None
    table = operator_table(main_phase(facts.profile))
    moved = (table.input_bytes + table.output_bytes) * table.repeats
    streaming = float(moved[table.classes >= STREAMING].sum() / moved.sum())
    return Finding(
        SLUG,
        "waste",
        "memory traffic of operators that could be one kernel takes the time",
        (
            ("time that faster memory would save", percent(waiting)),
            ("share of activation traffic without a product", percent(streaming)),
            ("projected compiled", rates(facts.before, after)),
        ),
        recommends=(COMPILE.slug,),
    )


RULE = Rule(SLUG, "traffic between kernels that could be fused", check)
