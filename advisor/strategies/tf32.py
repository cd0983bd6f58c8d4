"""Let products of 32-bit floats use the TF32 matrix units.

## What it does
`torch.set_float32_matmul_precision("high")` during the forward pass: operands of matrix products
are rounded to 10 bits of mantissa on their way into the matrix units. What is stored and moved
stays in 32 bits. PyTorch already does so for convolutions, not for matrix products.

## When it pays
32-bit models that compute much on Ampere GPUs and later: the peak is 2 to 8 times the plain one.

## When it hurts
Nowhere in time; where memory traffic decides, nothing is gained, and 16 bits would halve it.

## How it is measured
The setting is on within the forward pass and put back after it; latency and quality are taken
against the model as it came.

## Sources
PyTorch, "CUDA semantics: TensorFloat-32 on Ampere devices"; hardware profiles, `tf32_tflops`.
TF32 has the mantissa of float16, so what float16 products lose bounds the quality.
"""

from __future__ import annotations

import functools
from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Units
from advisor.strategies.strategy import WRAP, Levels, Strategy


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, products="tf32")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch

    del levels
    forward = model.module.forward

    @functools.wraps(forward)
    def rounded(*args: object, **kwargs: object) -> object:
        # The setting belongs to the process, where the baseline runs in turn with this model.
        before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("high")
        try:
            return forward(*args, **kwargs)
        finally:
            torch.set_float32_matmul_precision(before)

    model.module.forward = rounded
    return model


STRATEGY = Strategy(
    slug="tf32",
    title="TF32 matrix products",
    family="precision",
    summary="run products of 32-bit floats on the TF32 units",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=0.1, expected=0.1, high=0.5),
    quality_drop=lambda _: Quantity(low=-0.0017, expected=0.0, high=0.0023),
    quality_source="bounded by float16 products: NVIDIA DeepLearningExamples, 2024-04",
    needs=(Units("tf32", (8, 0)),),
    conflicts=dict.fromkeys(("amp", "bf16", "fp16"), "no matrix product is left in 32 bits"),
    stage=WRAP,
)
