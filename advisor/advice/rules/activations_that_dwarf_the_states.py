"""What a training step keeps for its backward pass is larger than weights, gradients and states.

## What it sees
A workload that trains, a step above the accelerator's memory, and more than half of it
activations of the whole batch at once.

## Why it matters
Activations grow with the batch and the sequence, and live for one step. They can be made again or
made in parts; what lasts cannot.

## What to do
Divide the batch into micro-batches first, which costs nothing while they fill the accelerator.
Then checkpoint the blocks.

## Sources
Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint
from advisor.units import memory

SLUG = "activations-that-dwarf-the-states"


def check(facts: Facts) -> Finding | None:
    limit, held = constraint(facts.before, "memory, training"), facts.profile.memory
    if limit is None or limit.value is None or limit.met is not False:
        return None
    lasting = held.parameters_bytes + held.gradients_bytes + held.optimizer_bytes
    if limit.value <= 2 * lasting:
        return None
    return Finding(
        SLUG,
        "warning",
        "a step does not fit, and most of what it holds are activations",
        (
            ("a step needs", memory(limit.value)),
            ("weights, gradients and states", memory(lasting)),
            ("one accelerator has", memory(limit.limit)),
        ),
        recommends=("activation-checkpointing", "gradient-accumulation"),
    )


RULE = Rule(SLUG, "activations larger than all that lasts", check)
