"""Let requests wait for each other and run them together.

## What it does
Requests to a model that is no decoder are gathered until a batch is full. The first of them waits
for the last: at the mean rate, (batch - 1) over requests a second. A decoder's requests join and
leave a running batch anyway.

## When it pays
Many requests a second, each of them small: weights are read and kernels launched once for all.

## When it hurts
A latency objective, where requests are rare: filling the batch takes longer than computing it.

## How it is measured
`advisor measure` with `--batch` times a larger batch; the waiting is projected.

## Sources
Crankshaw et al. 2017, "Clipper", §4.3: batching under a latency objective. The wait is counted from
the workload's rate, with all requests gathered in one place.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.needs import Traffic
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, request_batch=int(levels["batch"]))


STRATEGY = Strategy(
    slug="request-batching",
    title="request batching",
    family="execution",
    summary="gather requests and run them together",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=1.0, expected=3.0, high=8.0),
    quality_drop=no_drop,
    quality_source="the same numbers for every request",
    needs=(Traffic("measure with --batch for the time of a larger batch"),),
    parameters=(Parameter("batch", (4, 16, 64), 16, "requests run together"),),
)
