"""A training step needs more memory than one accelerator has.

## What it sees
A workload that trains, a projected step above the accelerator's memory, and a number of GPUs at
which the sharded step fits.

## Why it matters
The run ends at its first step with an out-of-memory error; the bill of a run that cannot happen is
no bill.

## What to do
Shard parameters, gradients and optimizer states over as many GPUs as it takes. A smaller batch for
each rank is the cheaper way out where activations are what is large.

## Sources
Rajbhandari et al., "ZeRO" (SC 2020), §5; the profile's simulated training step.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint, levels_of
from advisor.units import memory

SLUG = "training-step-does-not-fit"


def check(facts: Facts) -> Finding | None:
    limit = constraint(facts.before, "memory, training")
    if limit is None or limit.met is not False:
        return None
    evidence = [("a step needs", memory(limit.value)), ("one accelerator has", memory(limit.limit))]
    for choice, projection in levels_of(facts, "fsdp"):
        sharded = constraint(projection, "memory, training")
        if sharded is not None and sharded.met and projection.training_step_s is not None:
            gpus = choice.all_levels()["gpus"]
            evidence.append((f"sharded over {gpus} GPUs", memory(sharded.value)))
            break
    else:
        return None
    return Finding(
        SLUG,
        "warning",
        f"a training step does not fit on one {facts.scenario.hardware.id}",
        tuple(evidence),
        recommends=("fsdp",),
    )


RULE = Rule(SLUG, "a training step larger than an accelerator's memory", check)
