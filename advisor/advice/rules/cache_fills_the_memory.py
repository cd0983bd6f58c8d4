"""The key-value cache takes more memory than the weights, and limits the batch.

## What it sees
A decoder whose cache, at the batch that is served and at the end of the answers, is larger than its
weights, or for which a smaller format alone saves more than its work costs.

## Why it is waste
Sequences that do not fit wait or take a further GPU, and each step reads the whole cache.

## What to do
Hold the cache in 8-bit floats under a serving engine that reads it so; in plain PyTorch the cache
is written out at each step, which costs more.

## Sources
Hooper et al. 2024, "KVQuant", arXiv 2401.18079; transformers, "KV cache strategies".
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.projection.columns import setup_columns
from advisor.projection.memory import key_value_bytes, weight_bytes
from advisor.projection.operators import operator_table
from advisor.projection.serving import main_phase
from advisor.projection.setup import Setup
from advisor.units import memory, usd

SLUG = "cache-fills-the-memory"


def check(facts: Facts) -> Finding | None:
    serving, profile = facts.scenario.workload.serving, facts.profile
    if not facts.serves or profile.decoder is None:
        return None
    columns = setup_columns([Setup()], profile.dtype, facts.scenario.hardware)
    tokens = (serving.prompt_tokens or 1) + (serving.output_tokens or 1)
    batch = facts.before.serving_batch_size
    cache = float(key_value_bytes(profile, columns, tokens)[0]) * batch
    weights = float(weight_bytes(profile, operator_table(main_phase(profile)), columns)[0])
    best = cheapest_level(facts, "kv-cache-format")
    if cache <= weights and best is None:
        return None
    saved = () if best is None else ((f"saved a month with {best[0]}", usd(best[1])),)
    return Finding(
        SLUG,
        "waste",
        (
            "keys and values take more memory than the model"
            if cache > weights
            else "each step reads keys and values that could be half as many bytes"
        ),
        (
            ("cache", memory(cache)),
            ("weights", memory(weights)),
            ("sequences at once", str(batch)),
            ("tokens of each", str(tokens)),
            *saved,
        ),
        recommends=("kv-cache-format",),
    )


RULE = Rule(SLUG, "a cache larger than the weights", check)
