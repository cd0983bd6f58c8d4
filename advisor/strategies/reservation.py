"""Commit to the accelerators that serve.

## What it does
Buys the accelerators of serving for a term at a discount; training is bought as before.

## When it pays
Replicas that run all day, every day, for longer than the term: list prices fall by a quarter to a
half for one to three years.

## When it hurts
What is committed to is paid for whether it is used or not: the hours that an autoscaler gives up
save nothing, and prices of rented GPUs have fallen within such terms. A change of part or of cloud
has to wait for the term's end.

## How it is measured
There is nothing to measure in the model. The price is the list's or the organization's own
(`rental.reserved_discount`), the term `rental.commitment`; idle hours are a line of the bill.

## Sources
The price lists under `profiles/pricing`, each with its source and date.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Strategy, no_drop


def configure(setup: Setup, _: Levels) -> Setup:
    return replace(setup, serving_purchase="reserved")


STRATEGY = Strategy(
    slug="reservation",
    title="reserved capacity",
    family="pooling",
    summary="commit to the GPUs that serve",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.5, expected=1.0, high=3.0),
    quality_drop=no_drop,
    quality_source="the model does not change",
    conflicts={"spot": "both decide how accelerators are bought"},
    commits=True,
)
