"""Hold and compute everything in float16.

## What it does
Casts every floating-point weight and activation to float16 for good: half the bytes of 32-bit
floats, and the matrix units' 16-bit rate, which GPUs have from Volta on.

## When it pays
Serving on parts without bfloat16 units (V100, T4), where bfloat16 is emulated.

## When it hurts
Numbers above 65,504 overflow: models trained in bfloat16 may give infinities, which a measurement
reports as a failure. Training needs 32-bit master weights and a scaled loss; use amp for it.

## How it is measured
The module and its floating-point inputs are cast; latency, memory and quality are taken against
the model as it came.

## Sources
NVIDIA DeepLearningExamples, ResNet-50 and BERT read-mes (2024-04): score lost -0.0017 to 0.0023
with 16-bit arithmetic.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies._cast import cast_to
from advisor.strategies.needs import Units
from advisor.strategies.strategy import CONVERT, Levels, Strategy


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, float_format="fp16")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch

    del levels
    return cast_to(model, torch.float16)


STRATEGY = Strategy(
    slug="fp16",
    title="float16 weights and arithmetic",
    family="precision",
    summary="cast weights and activations to float16",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.25, expected=0.5, high=2.0),
    quality_drop=lambda _: Quantity(low=-0.0017, expected=0.0, high=0.0023),
    quality_source="NVIDIA DeepLearningExamples, ResNet-50 and BERT, 2024-04",
    needs=(Units("fp16", (5, 3)),),
    conflicts={
        "amp": "both decide the floating-point format",
        "bf16": "both decide the floating-point format",
    },
    stage=CONVERT,
)
