"""Store the weights of linear layers in 8 bits, compute as before.

## What it does
torchao's `Int8WeightOnlyConfig`: each row of a linear layer's weight becomes 8-bit integers with
one scale. Activations and arithmetic keep their format; the weight is cast back as it is used.

## When it pays
Where reading weights is most of the time: decoding at small batch (1.6 times as fast for 7B models
on an A100, compiled), and wherever memory decides how many GPUs are needed.

## When it hurts
Uncompiled, the cast writes the weight out and reads it back: more traffic than before. In large
batches arithmetic decides and the cast is lost time (0.65 to 0.91 of the speed when served).

## How it is measured
`torchao.quantization.quantize_` on the loaded module; latency, memory, size and quality are taken
against the model as it came.

## Sources
torchao quantization read-me (2025-01) and inference workflow page (2026-08): speed, and a
perplexity 0 to 0.3% higher.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Library
from advisor.strategies.strategy import CONVERT, Levels, Strategy


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, weight_format="int8")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    from torchao.quantization import Int8WeightOnlyConfig, quantize_

    del levels
    quantize_(model.module, Int8WeightOnlyConfig())
    return model


STRATEGY = Strategy(
    slug="int8-weight-only",
    title="int8 weights",
    family="quantization",
    summary="store linear weights in 8 bits, compute as before",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.5, expected=1.0, high=3.0),
    quality_drop=lambda _: Quantity(low=0.0, expected=0.001, high=0.003),
    quality_source="torchao quantization read-me, Llama 7-8B perplexity, 2025-01",
    needs=(Library("torchao", "torchao"),),
    conflicts={"int8-dynamic": "both decide the format of linear weights"},
    stage=CONVERT,
)
