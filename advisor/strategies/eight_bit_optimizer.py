"""Keep the two moments of AdamW in 8 bits, quantized block by block.

## What it does
`torchao.optim.AdamW8bit`: the moments of large tensors are a byte each with a scale for every
256, read, updated and written back in the step.

## When it pays
Where states dwarf what else is held: 8 bytes a parameter become 2, and a peak 0.68 to 0.8 of what
it was.

## When it hurts
Small models, whose step is launches (torchao compiles it, minutes at the first step): the
quantization adds some. Tensors under 4,096 elements keep 32 bits.

## How it is measured
`advisor measure MODEL --training --with 8-bit-optimizer` trains a copy with and without it, in
turn: step time, peak memory by category and the loss after the same steps.

## Sources
Dettmers et al., "8-bit Optimizers via Block-wise Quantization", 2022; torchao's optim README
(2025) and torchtune's (2026-04): 0.91 to 1.04 of the speed, scores within half a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Compiler, Library
from advisor.strategies.strategy import Levels, Strategy

if TYPE_CHECKING:
    import torch


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, optimizer="adamw-8bit")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    del levels
    return replace(model, recipe=replace(model.recipe, optimizer=_adamw_8bit))


def _adamw_8bit(
    parameters: Sequence[torch.nn.Parameter], learning_rate: float
) -> torch.optim.Optimizer:
    from torchao.optim import AdamW8bit

    optimizer: torch.optim.Optimizer = AdamW8bit(list(parameters), lr=learning_rate)
    return optimizer


STRATEGY = Strategy(
    slug="8-bit-optimizer",
    title="8-bit optimizer",
    family="training memory",
    summary="keep the moments of AdamW in 8 bits",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=0.1, expected=0.25, high=1.0),
    quality_drop=lambda _: Quantity(low=-0.005, expected=0.0, high=0.011),
    quality_source="torchao, optim README, 2025: within 0.5 points, 1.1 on one task",
    needs=(Library("torchao", "torchao"), Compiler()),
    conflicts={"cpu-offload": "both replace the optimizer"},
)
