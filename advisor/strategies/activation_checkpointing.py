"""Keep only the input of each repeated block, and compute the rest again in the backward pass.

## What it does
`torch.utils.checkpoint` around each repeated block (`gradient_checkpointing_enable` of a
transformers model): what the block computed is dropped after the forward pass.

## When it pays
Where activations fill the memory: long sequences and large micro-batches. The room buys a larger
micro-batch, or a step that fits at all: 0.58 of the peak for Llama 3.2 3B.

## When it hurts
Where the step fits anyway: up to a third more arithmetic, 20 to 40% of the throughput.

## How it is measured
`advisor measure MODEL --training --with activation-checkpointing` trains a copy with and without
it, in turn: step time, peak memory by category and the loss after the same steps.

## Sources
Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016; torchtune's README (2026-04)
for memory, ml-engineering (2026-08) for throughput.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.strategy import WRAP, Levels, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, checkpointing=True)


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    """Raises StrategyError where the model holds no list of blocks."""
    del levels
    from advisor.profiling.training_setting import checkpoint_blocks

    checkpoint_blocks(model.module, model.chain)
    return model


STRATEGY = Strategy(
    slug="activation-checkpointing",
    title="activation checkpointing",
    family="training memory",
    summary="redo the forward pass of each block in the backward pass",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=0.1, expected=0.25, high=1.0),
    quality_drop=no_drop,
    quality_source="the same arithmetic",
    stage=WRAP,
)
