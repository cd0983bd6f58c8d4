"""The optimizer of a step that does not fit holds more than the weights.

## What it sees
A workload that trains, a step above the accelerator's memory, and states larger than the
parameters.

## Why it matters
AdamW keeps two moments for every parameter, in the width it is trained in: they are the largest
part of what lasts from step to step.

## What to do
Keep the moments in 8 bits. On one GPU with host memory to spare, take the step on the host.

## Sources
Dettmers et al., "8-bit Optimizers via Block-wise Quantization", 2022; the profile's training
step.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint
from advisor.units import memory

SLUG = "optimizer-states-that-dwarf-the-weights"


def check(facts: Facts) -> Finding | None:
    limit, held = constraint(facts.before, "memory, training"), facts.profile.memory
    if limit is None or limit.met is not False or held.optimizer_bytes <= held.parameters_bytes:
        return None
    return Finding(
        SLUG,
        "warning",
        "a step does not fit, and its optimizer's states are larger than the weights",
        (
            ("states", memory(held.optimizer_bytes)),
            ("weights", memory(held.parameters_bytes)),
            ("a step needs", memory(limit.value)),
            ("one accelerator has", memory(limit.limit)),
        ),
        recommends=("8-bit-optimizer",),
    )


RULE = Rule(SLUG, "optimizer states larger than what is trained", check)
