"""Hold the keys and values of a decoder's cache in 8 or 4 bits.

## What it does
Keys and values are quantized as they enter the cache. Serving engines read them so (`fp8`, one
scale a tensor); plain PyTorch needs transformers' `QuantizedCache` (`int8`, `int4`, a scale and a
zero for each 64), which writes the whole cache out in the computing format at each step.

## When it pays
Long contexts and large batches under a serving engine: the cache is what limits the batch, and
what a step reads most of.

## When it hurts
In plain PyTorch, writing the cache out at each step costs more than reading it whole would.

## How it is measured
It is not: a measurement runs one forward pass without a cache. The projection counts the bytes that
the cache takes, and what a step reads and writes of it.

## Sources
transformers, `QuantizedCacheConfig` (`q_group_size` 64); the sizes are arithmetic, bits by bits.
What quality is lost is not sourced: wide intervals are assumed.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import CacheFormat, Setup
from advisor.strategies.needs import Traffic
from advisor.strategies.strategy import Levels, Parameter, Strategy

ASSUMED_DROP = {
    "fp8": Quantity(low=0.0, expected=0.002, high=0.02),
    "int8": Quantity(low=0.0, expected=0.002, high=0.02),
    "int4": Quantity(low=0.0, expected=0.02, high=0.15),
}


def configure(setup: Setup, levels: Levels) -> Setup:
    formats: dict[str, CacheFormat] = {"fp8": "fp8", "int8": "int8", "int4": "int4"}
    return replace(setup, key_value_format=formats[str(levels["dtype"])])


STRATEGY = Strategy(
    slug="kv-cache-format",
    title="quantized key-value cache",
    family="quantization",
    summary="hold a decoder's keys and values in 8 or 4 bits",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.25, expected=1.0, high=3.0),
    quality_drop=lambda levels: ASSUMED_DROP[str(levels["dtype"])],
    quality_source="an assumption: no published figure was found",
    needs=(Traffic("run a serving engine with it on your prompts"),),
    parameters=(Parameter("dtype", ("fp8", "int8", "int4"), "fp8", "the format of the cache"),),
)
