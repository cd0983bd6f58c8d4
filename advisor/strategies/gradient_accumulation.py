"""Divide each batch into micro-batches and sum their gradients before the optimizer steps.

## What it does
The forward and backward passes run on a part of the batch at a time; the gradients add up, and
the optimizer and the exchange between ranks come once for all of them.

## When it pays
Where the activations of the whole batch do not fit, or where ranks exchange gradients over a slow
link: less is held, and the exchange is paid once a step.

## When it hurts
Micro-batches too small to fill the accelerator: the same arithmetic in more launches.

## How it is measured
`advisor measure MODEL --training --with gradient-accumulation` trains a copy with and without it,
in turn: step time, peak memory by category and the loss after the same steps.

## Sources
ml-engineering, training performance (2021 to 2026). Batch normalization sees a micro-batch at a
time, so models with it are not trained to the same numbers.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, accumulation_steps=int(levels["steps"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    return replace(model, recipe=replace(model.recipe, micro_batches=int(levels["steps"])))


STRATEGY = Strategy(
    slug="gradient-accumulation",
    title="gradient accumulation",
    family="training memory",
    summary="divide a batch into micro-batches, one after the other",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=0.1, expected=0.25, high=1.0),
    quality_drop=no_drop,
    quality_source="the same gradients, summed in parts",
    parameters=(Parameter("steps", (2, 4, 8), 4, "micro-batches in a step"),),
)
