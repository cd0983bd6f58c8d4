"""Quantize linear layers to 8-bit floats, their inputs as they run.

## What it does
torchao's `Float8DynamicActivationFloat8WeightConfig`, a scale a row: weights become 8-bit floats,
each input row is scaled and cast when it arrives, and the product runs on the fp8 matrix units.

## When it pays
Arithmetic-bound linear layers, and reading weights, on Ada, Hopper and later: 1.1 to 1.5 times as
fast for Llama 8B when served. Compiled: the scaling is then fused.

## When it hurts
Uncompiled, eight small kernels stand before each product: at batch 1 they are most of the time.
Parts without fp8 units (A100 and older) gain nothing.

## How it is measured
`torchao.quantization.quantize_` on the loaded module, where the GPU has compute capability 8.9;
latency, memory, size and quality are taken against the model as it came. Combine it with bf16: the
row-wise kernel gives bfloat16.

## Sources
torchao inference workflow page (2026-08): perplexity 0.9 to 1.2% higher for Llama 8B, and speed;
Model-Optimizer benchmark (2026-08): MMLU 0.4 to 1.5% lower.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Library, Units
from advisor.strategies.strategy import CONVERT, Levels, Strategy


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, weight_format="fp8", linear_activation_format="fp8")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    from torchao.quantization import Float8DynamicActivationFloat8WeightConfig, PerRow, quantize_

    del levels
    quantize_(model.module, Float8DynamicActivationFloat8WeightConfig(granularity=PerRow()))
    return model


STRATEGY = Strategy(
    slug="fp8",
    title="fp8 weights and activations",
    family="quantization",
    summary="quantize linear layers to 8-bit floats, their inputs as they run",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.5, expected=1.5, high=4.0),
    quality_drop=lambda _: Quantity(low=0.0038, expected=0.012, high=0.015),
    quality_source="torchao inference workflow and Model-Optimizer benchmark, Llama 8B, 2026-08",
    needs=(Library("torchao", "torchao"), Units("fp8", (8, 9))),
    conflicts=dict.fromkeys(
        ("int4-weight-only", "int8-weight-only", "int8-dynamic"),
        "both decide the format of linear weights",
    ),
    stage=CONVERT,
)
