"""Label only the samples that teach the model something.

## What it does
Picks what is labelled: nothing that repeats a labelled sample, and first what the model is least
sure of (active learning).

## When it pays
Where new samples are labelled every month and labels are a large part of the bill.

## When it hurts
A model that picks its own samples can miss what it is wrongly sure of, and the labels it leaves no
longer show how often a class occurs: keep a part drawn at random to evaluate on. Where few samples
are labelled as it is, there is little to leave out.

## How it is measured
The duplicates come from a data report (`--data-report`). What picking saves beyond them, only
labelling and training in rounds can show.

## Sources
Duplicates: the data report, or Lee et al. 2021, arXiv 2107.06499. Up to 70% fewer labels: a
vendor's claim (wring.co, SageMaker Ground Truth pricing guide, 2026-03), of low confidence, so that
it is the upper end of the range and not what is expected.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Strategy


def configure(setup: Setup, _: Levels) -> Setup:
    return replace(setup, labels_chosen=True)


def quality_drop(_: Levels) -> Quantity:
    return Quantity(low=0.0, expected=0.0, high=0.01)


STRATEGY = Strategy(
    slug="label-fewer",
    title="label fewer samples",
    family="data",
    summary="label what teaches the model something",
    configure=configure,
    apply=None,
    touches=frozenset({"data"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=3.0, expected=8.0, high=20.0),
    quality_drop=quality_drop,
    quality_source="an assumption: nothing is lost with duplicates, at most 1% with the rest",
)
