"""Quantize linear layers to int8, their inputs as they run.

## What it does
torchao's `Int8DynamicActivationInt8WeightConfig`: weights become 8-bit integers with a scale a row,
each input row is quantized when it arrives, and the product is taken in integers.

## When it pays
Arithmetic-bound linear layers on parts with int8 units: large batches, encoders, long prompts.

## When it hurts
Finding scales and quantizing the inputs takes some thirty small kernels a layer when it is not
compiled: at batch 1 that is nearly all the time (0.09 of the speed for a 7B decoder on an A100).

## How it is measured
`torchao.quantization.quantize_` on the loaded module; latency, memory, size and quality are taken
against the model as it came.

## Sources
torchao quantization read-me (2025-01): speed; inference workflow page (2026-08): perplexity 0.7 to
1.9% higher for Llama 8B.
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
    return replace(setup, weight_format="int8", linear_activation_format="int8")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    from torchao.quantization import Int8DynamicActivationInt8WeightConfig, quantize_

    del levels
    quantize_(model.module, Int8DynamicActivationInt8WeightConfig())
    return model


STRATEGY = Strategy(
    slug="int8-dynamic",
    title="int8 weights and activations",
    family="quantization",
    summary="quantize linear layers to 8 bits, their inputs as they run",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.5, expected=1.5, high=4.0),
    quality_drop=lambda _: Quantity(low=0.0, expected=0.007, high=0.019),
    quality_source="torchao inference workflow, Llama 8B perplexity, 2026-08",
    needs=(Library("torchao", "torchao"),),
    conflicts={"int8-weight-only": "both decide the format of linear weights"},
    stage=CONVERT,
)
