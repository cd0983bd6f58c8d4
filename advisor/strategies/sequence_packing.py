"""Put samples end to end in one sequence instead of padding each to the longest.

## What it does
The loader fills each sequence with whole samples and tells attention where each begins. What was
padding (`training.padding_share` of the workload) is not computed.

## When it pays
Samples of very unlike lengths: 3.38 times the tokens a second on an instruction set.

## When it hurts
Nothing is saved where nothing is padded. A sequence full of samples needs the memory of the
longest.

## How it is measured
It changes what the loader gives, not the model: count the padding of a data set and set
`training.padding_share`. It is projected only.

## Sources
torchtune's README (2026-04): 2,091 to 7,075 tokens a second on Alpaca, Llama 3.2 3B, A100.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, packed_sequences=True)


STRATEGY = Strategy(
    slug="sequence-packing",
    title="sequence packing",
    family="training memory",
    summary="put samples end to end instead of padding each",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=0.5, expected=1.0, high=3.0),
    quality_drop=no_drop,
    quality_source="the same samples; a step holds more of them",
)
