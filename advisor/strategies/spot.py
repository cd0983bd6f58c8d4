"""Rent interruptible capacity.

## What it does
Buys the same GPUs from the spot market: the cloud may take them back at 30 to 120 seconds' notice.

## When it pays
Training that writes checkpoints and can wait: 50 to 80% off the on-demand price where the market
has spare GPUs.

## When it hurts
Work since the last checkpoint is done again; GPUs were preempted after 1.4 to 3.2 hours in one
study. Serving needs replicas elsewhere to fall back on. Runs that cannot restart lose everything.

## How it is measured
There is nothing to measure in the model; the price comes from the catalogue, the lost work from the
organization's profile.

## Sources
SkyPilot spot traces (2022-10 to 2023-04); SkyServe, arXiv 2411.01438 (2025).
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    if levels["scope"] == "training":
        return replace(setup, training_purchase="spot")
    return replace(setup, training_purchase="spot", serving_purchase="spot")


STRATEGY = Strategy(
    slug="spot",
    title="spot capacity",
    family="pooling",
    summary="rent interruptible GPUs",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=1.0, expected=3.0, high=8.0),
    quality_drop=no_drop,
    quality_source="the model does not change",
    parameters=(
        Parameter("scope", ("training", "everything"), "training", "what may be interrupted"),
    ),
)
