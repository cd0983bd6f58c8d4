"""Keep the optimizer states in host memory, and take the step there.

## What it does
`torchao.optim.CPUOffloadOptimizer`: gradients go to the host as the backward pass makes them, the
host updates its copy of the parameters, and they come back.

## When it pays
One GPU and a model whose states do not fit beside it: 9.82 to 5.24 GB for a ViT of 1.1 billion.

## When it hurts
Where they fit: 0.41 to 0.84 of the speed. The step takes the bus twice and the host's slow
memory.

## How it is measured
`advisor measure MODEL --training --with cpu-offload` trains a copy with and without it, in turn:
step time, peak memory by category and the loss after the same steps.

## Sources
Ren et al., "ZeRO-Offload", USENIX ATC 2021; torchao's optim README (2025) for the ViT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Accelerators, Library
from advisor.strategies.strategy import Levels, Strategy, no_drop

if TYPE_CHECKING:
    import torch


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, optimizer_offloaded=True)


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    del levels
    return replace(model, recipe=replace(model.recipe, optimizer=_offloaded))


def _offloaded(
    parameters: Sequence[torch.nn.Parameter], learning_rate: float
) -> torch.optim.Optimizer:
    import torch
    from torchao.optim import CPUOffloadOptimizer

    optimizer: torch.optim.Optimizer = CPUOffloadOptimizer(
        list(parameters), torch.optim.AdamW, lr=learning_rate
    )
    return optimizer


STRATEGY = Strategy(
    slug="cpu-offload",
    title="optimizer on the host",
    family="training memory",
    summary="keep optimizer states and their step in host memory",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=0.5, expected=1.0, high=3.0),
    quality_drop=no_drop,
    quality_source="the same arithmetic",
    needs=(Accelerators(1), Library("torchao", "torchao")),
)
