"""Answer requests that were answered before from a store.

## What it does
Answers are kept by a digest of the request and given again, word for word; only the other requests
reach the model.

## When it pays
Where requests repeat: search, recommendation, fixed questions. The share comes from the workload,
`serving.repeat_fraction`.

## When it hurts
Answers grow old when the model or the data behind it change, and generated text that should vary
does not. Where nothing repeats, each request costs a look-up more.

## How it is measured
It is not: example inputs say nothing of how often requests repeat. Count it in a day's log.

## Sources
The demand on the model falls by the share that repeats. Where the workload does not state it, 0 to
40% is assumed. The store is taken to lie in the memory of hosts that are rented anyway.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.needs import Traffic
from advisor.strategies.strategy import Levels, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, responses_cached=True)


STRATEGY = Strategy(
    slug="response-caching",
    title="response caching",
    family="execution",
    summary="answer repeated requests from a store",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=1.0, expected=3.0, high=10.0),
    quality_drop=no_drop,
    quality_source="the answer that the model gave before",
    needs=(Traffic("count repeats in a log of requests, and set serving.repeat_fraction"),),
)
