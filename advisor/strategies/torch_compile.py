"""Compile the model with torch.compile.

## What it does
TorchDynamo captures the graph, TorchInductor fuses element-wise chains, normalisations and
reductions into single kernels and generates code for the shapes it saw.

## When it pays
Where launching kernels or streaming activations is most of the time: small batches, many small
layers, vision models (1.2 to 2.2 times as fast over 1,400 models on an RTX 4090).

## When it hurts
Large matrix products gain nothing (0.93 to 0.98 of the speed training Llama 8B on a B200). Each new
shape compiles again: seconds to minutes of cold start.

## How it is measured
`Module.compile()` and enough warm-up runs that no compilation is in the timing.

## Sources
timm benchmark tables (2024-09 to 2026-01); ml-engineering performance notes (2026-08).
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Compiler
from advisor.strategies.strategy import COMPILE, Levels, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, execution="compiled")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    del levels
    model.module.compile(dynamic=False)
    return model


STRATEGY = Strategy(
    slug="torch-compile",
    title="torch.compile",
    family="execution",
    summary="fuse kernels and take Python out of the loop",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=0.5, expected=2.0, high=5.0),
    quality_drop=no_drop,
    quality_source="the same arithmetic, in another order",
    needs=(Compiler(),),
    stage=COMPILE,
)
