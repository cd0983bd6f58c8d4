"""Leave out samples that repeat others.

## What it does
Finds samples that are equal or nearly equal to others and keeps one of each: the rest is neither
labelled, stored nor trained on. What was paid to acquire and pre-process them is gone already.

## When it pays
Logs, crawled text and frames of video repeat a lot; where labels are dear or training is long,
each duplicate is paid for several times. `advisor data PATH` says how many there are.

## When it hurts
Rows of a table that differ in one cell may be different samples. What occurs often in use and is
kept once is weighted less in training, and rare classes can lose the few samples they have. The
search itself takes hours on a large corpus.

## How it is measured
`advisor data PATH --json` reports exact and near duplicates; the audit takes the share from it
(`--data-report`). Whether quality holds needs a training run on what is left.

## Sources
Lee et al. 2021, "Deduplicating Training Data Makes Language Models Better", arXiv 2107.06499:
0.39 to 13.63% near duplicates in four corpora; the same or better accuracy in fewer steps.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Strategy, no_drop


def configure(setup: Setup, _: Levels) -> Setup:
    return replace(setup, deduplicated=True)


STRATEGY = Strategy(
    slug="data-deduplication",
    title="data deduplication",
    family="data",
    summary="keep one of each set of samples that repeat",
    configure=configure,
    apply=None,
    touches=frozenset({"data", "hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=1.0, expected=3.0, high=8.0),
    quality_drop=no_drop,
    quality_source="Lee et al. 2021, arXiv 2107.06499: the same or better accuracy",
)
