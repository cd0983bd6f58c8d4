"""A full fine-tune needs sharding, while adapters would fit on one accelerator.

## What it sees
A training step above the accelerator's memory, and a projection in which adapters alone bring it
below.

## Why it matters
Adapters and fully sharded training exclude each other here: frozen and trained parameters would
have to be sharded apart. Sharding rents many accelerators for what one would hold.

## What to do
Train adapters on one accelerator, and measure the task's score; shard only where it falls short.

## Sources
Hu et al., "LoRA", 2021; Dettmers et al., "QLoRA", 2023.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import constraint, levels_of
from advisor.units import memory

SLUG = "adapters-where-sharding-was-meant"
ADAPTERS = ("lora", "qlora")


def check(facts: Facts) -> Finding | None:
    limit = constraint(facts.before, "memory, training")
    if limit is None or limit.met is not False:
        return None
    fitting = {
        slug: held.value
        for slug in ADAPTERS
        for _, after in levels_of(facts, slug)
        if (held := constraint(after, "memory, training")) is not None and held.met
    }
    if not fitting:
        return None
    return Finding(
        SLUG,
        "warning",
        "a step does not fit on one accelerator, and with adapters it would",
        (
            ("a step needs", memory(limit.value)),
            ("one accelerator has", memory(limit.limit)),
            *((f"with {slug}", memory(value)) for slug, value in fitting.items()),
        ),
        recommends=tuple(fitting),
        cautions=("fsdp",),
    )


RULE = Rule(SLUG, "sharding for a step that adapters make fit", check)
