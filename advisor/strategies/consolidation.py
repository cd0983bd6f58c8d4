"""Serve several models from one fleet.

## What it does
2 or 4 models lie in the memory of every accelerator of one fleet, and a server runs their requests
as they come. Whole accelerators and spare ones are rounded up once, for all of them.

## When it pays
Where a model alone needs a part of an accelerator, or as many spare ones as busy ones. The share
that it pays follows from what it demands at its peak, or holds of the memory where that is more,
and what the others demand, `capacity.neighbour_accelerators` of the organization.

## When it hurts
Memory is divided among the models, and a request may wait for another model's. A peak of one takes
from all. A replica that needs several accelerators is not projected so.

## How it is measured
It is not: example inputs say nothing of the others. Read their use off the fleet's monitoring.

## Sources
Arithmetic: accelerators are whole. Where nothing is stated, the others are assumed to keep 0 to 8
accelerators busy (1 expected); peaks are taken to coincide, on the safe side, and memory to be
divided evenly.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.needs import Traffic
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, models_on_fleet=int(levels["models"]))


STRATEGY = Strategy(
    slug="consolidation",
    title="one fleet for several models",
    family="pooling",
    summary="serve several models from one fleet",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=3.0, expected=8.0, high=20.0),
    quality_drop=no_drop,
    quality_source="the model does not change",
    needs=(Traffic("read the use of the fleet, and set capacity.neighbour_accelerators"),),
    conflicts={
        "mig": "an instance serves one model",
        "mps": "one server runs all models, or a process each",
        "time-slicing": "one server runs all models, or a process each",
        "tensor-parallel": "models are laid on single accelerators",
    },
    parameters=(Parameter("models", (2, 4), 2, "models in the memory of each accelerator"),),
)
