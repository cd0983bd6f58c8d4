"""The key-value cache takes more memory than the weights, and limits the batch.

## What it sees
A decoder whose cache, at the batch that is served and at the end of the answers, is larger than its
weights, on hardware that has fp8 units.

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
from advisor.projection.columns import setup_columns
from advisor.projection.memory import key_value_bytes, weight_bytes
from advisor.projection.operators import operator_table
from advisor.projection.serving import main_phase
from advisor.projection.setup import Setup
from advisor.units import memory

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
    if cache <= weights:
        return None
    return Finding(
        SLUG,
        "waste",
        "keys and values take more memory than the model",
        (
            ("cache", memory(cache)),
            ("weights", memory(weights)),
            ("sequences at once", str(batch)),
            ("tokens of each", str(tokens)),
        ),
        recommends=("kv-cache-format",),
    )


RULE = Rule(SLUG, "a cache larger than the weights", check)
