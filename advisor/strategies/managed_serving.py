"""Let a provider run the replicas.

## What it does
Serves from managed endpoints instead of machines that the team rents and looks after: the provider
starts, patches, watches and replaces them.

## When it pays
Small fleets with a team around them: a premium on a few hours is less than the engineers' time
that goes into keeping machines running.

## When it hurts
Large fleets: the premium grows with every hour, the time freed does not. Nothing is freed of what
is wrong with the model or the data. Spot and reserved prices do not hold for managed endpoints, and
owned machines are left behind.

## How it is measured
There is nothing to measure in the model. Count the hours that go into machines in a month before
and after.

## Sources
Premium: prices of managed over plain machines of one provider, see `projection.team_time`. Time
freed: a survey of 2018 and an assumption, of low confidence, from nothing at all to 18% of the
engineers' time.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, managed_serving=True, serving_purchase="on-demand")


STRATEGY = Strategy(
    slug="managed-serving",
    title="managed serving",
    family="people",
    summary="a provider runs the replicas, for a premium",
    configure=configure,
    apply=None,
    touches=frozenset({"human", "hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=2.0, expected=5.0, high=15.0),
    quality_drop=no_drop,
    quality_source="the model does not change",
    conflicts=dict.fromkeys(
        ("spot", "reservation"), "managed endpoints are paid at the provider's own hourly price"
    ),
)
