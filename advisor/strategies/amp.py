"""Mixed precision: matrix products in 16 bits, the rest and the weights in 32.

## What it does
Runs the model under `torch.autocast`: matrix products and convolutions cast their inputs and
weights to 16 bits, reductions and normalisations stay in 32, and the master weights are untouched.

## When it pays
Training and large batches on parts with 16-bit matrix units: 1.5 to 3 times as fast as 32-bit.

## When it hurts
At batch 1 the casts of every weight cost more than the arithmetic saves (0.81 of the speed for
ResNet-50 on V100 and T4), and on parts without 16-bit units nothing is saved at all.

## How it is measured
The forward pass runs inside `torch.autocast` of the device; latency, memory and quality are taken
against the model as it came.

## Sources
NVIDIA DeepLearningExamples, ResNet-50 v1.5 and BERT read-mes (2024-04), for speed and for the
score lost, -0.0017 to 0.0023.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.strategy import WRAP, Levels, Parameter, Strategy


def configure(setup: Setup, levels: Levels) -> Setup:
    dtype: Literal["bf16", "fp16"] = "fp16" if levels["dtype"] == "fp16" else "bf16"
    return replace(setup, autocast=dtype)


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch

    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}[str(levels["dtype"])]
    device = next(model.module.parameters()).device.type
    model.module.forward = torch.autocast(device_type=device, dtype=dtype)(model.module.forward)
    return model


STRATEGY = Strategy(
    slug="amp",
    title="automatic mixed precision",
    family="precision",
    summary="run matrix products in 16 bits under autocast",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=0.25, expected=0.5, high=2.0),
    quality_drop=lambda _: Quantity(low=-0.0017, expected=0.0, high=0.0023),
    quality_source="NVIDIA DeepLearningExamples, ResNet-50 and BERT, 2024-04",
    conflicts={"bf16": "both decide the floating-point format"},
    parameters=(Parameter("dtype", ("bf16", "fp16"), "bf16", "the 16-bit format"),),
    stage=WRAP,
)
