"""Hold and compute everything in bfloat16.

## What it does
Casts every floating-point weight and activation to bfloat16 for good: half the bytes of 32-bit
floats, and the matrix units' 16-bit rate where the part has one.

## When it pays
Where weights or activations in 32 bits are what is read most of the time, and on every GPU from
the Ampere generation on. It needs no second copy of the weights, unlike mixed precision.

## When it hurts
On parts without 16-bit units (T4 and older for bfloat16, most processors) the arithmetic is
emulated. Training wholly in bfloat16 loses small updates: 8 bits of mantissa.

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
from advisor.strategies.strategy import CONVERT, Levels, Strategy


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, float_format="bf16")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch

    del levels
    return cast_to(model, torch.bfloat16)


STRATEGY = Strategy(
    slug="bf16",
    title="bfloat16 weights and arithmetic",
    family="precision",
    summary="cast weights and activations to bfloat16",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=0.25, expected=0.5, high=1.0),
    quality_drop=lambda _: Quantity(low=-0.0017, expected=0.0, high=0.0023),
    quality_source="NVIDIA DeepLearningExamples, ResNet-50 and BERT, 2024-04",
    conflicts={"amp": "both decide the floating-point format"},
    stage=CONVERT,
)
