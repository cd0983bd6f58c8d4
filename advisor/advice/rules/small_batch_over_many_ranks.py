"""The batch of a step is too small to be divided over many GPUs.

## What it sees
A workload that trains with fewer samples in a step than the data-parallel ranks on offer.

## Why it matters
A rank with less than a sample computes nothing new: the gradients of a step are exchanged by GPUs
that had next to nothing to do, and all of them are paid for.

## What to do
Train on as many GPUs as the batch has samples at most.

## Sources
The workload's own figures; Goyal et al., "Accurate, Large Minibatch SGD", 2017, for larger
batches.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.strategies.catalog import strategy_by_slug
from advisor.units import number

SLUG = "small-batch-over-many-ranks"


def check(facts: Facts) -> Finding | None:
    batch = facts.scenario.workload.training.batch_size
    offered = strategy_by_slug("ddp").parameter("gpus", SLUG).levels
    too_many = [level for level in offered if float(level) > batch]
    if not facts.trains or not too_many:
        return None
    return Finding(
        SLUG,
        "note",
        "a step has fewer samples than the GPUs it could be divided over",
        (("samples in a step", number(batch)), ("GPUs on offer", number(float(offered[-1])))),
        cautions=("ddp",),
    )


RULE = Rule(SLUG, "a batch too small for the ranks it is divided over", check)
