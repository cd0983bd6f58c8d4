"""Run as many replicas as the hour needs, and none where nobody asks.

## What it does
Starts and stops replicas as demand follows the day, each so long ahead that it is ready in time.
With `idle=zero` the last one, and its spare, are given up as well once no request has come for
15 minutes.

## When it pays
Rented replicas, and demand with quiet hours: the fleet is paid for as it is used, not at the size
of the peak. A model that is asked for a few times a day can scale to zero.

## When it hurts
Owned and reserved accelerators cost the same when they stand idle. Demand that jumps faster than a
replica starts waits or is refused; weights of hundreds of gigabytes take minutes to load. After
scaling to zero the first request waits for the whole start, which breaks an objective on latency.

## How it is measured
There is nothing to measure in the model. The projection follows the workload's hourly shares
(`serving.hourly_shares`), or a day with one smooth peak of its peak-to-mean ratio. How long a
replica takes to start is the parameter `delay`, in minutes.

## Sources
66.8% of the pod-time of generative serving is idle, 87% of pods are idle most of their life:
alibaba/clusterdata, cluster-trace-v2026-GenAI (2025 to 2026).
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop

IDLE_MINUTES = 15.0


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(
        setup,
        autoscaling_delay_minutes=float(levels["delay"]),
        scale_to_zero_after_minutes=IDLE_MINUTES if levels["idle"] == "zero" else None,
    )


STRATEGY = Strategy(
    slug="autoscaling",
    title="autoscaling",
    family="pooling",
    summary="as many replicas as the hour needs",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=1.0, expected=4.0, high=10.0),
    quality_drop=no_drop,
    quality_source="the model does not change",
    parameters=(
        Parameter("idle", ("one", "zero"), "one", "replicas that stay where nobody asks"),
        Parameter("delay", (5, 0, 1, 15, 60), 5, "minutes until a new replica is ready"),
    ),
)
