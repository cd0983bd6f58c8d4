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
A model that brings its training data is trained twice from the start, with one seed: on all samples
and on those that repeat none before them, found as `advisor data` finds them. Both go over their
samples as often; `steps` is how many the longer training takes. Quality is compared, and how many
samples were kept is said. Its interval is of the samples scored, not of other seeds. For data in
files, the audit takes the share from `advisor data PATH --json` (`--data-report`).

## Sources
Lee et al. 2021, "Deduplicating Training Data Makes Language Models Better", arXiv 2107.06499:
0.39 to 13.63% near duplicates in four corpora; the same or better accuracy in fewer steps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies._training_samples import (
    STEPS,
    Samples,
    samples_of,
    trained_anew,
    trained_on_all,
)
from advisor.strategies.strategy import DATA, Levels, Parameter, Strategy, no_drop

if TYPE_CHECKING:
    from advisor.duplicates.arrays import Repeats


def configure(setup: Setup, _: Levels) -> Setup:
    return replace(setup, deduplicated=True)


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    steps = int(levels["steps"])
    samples = samples_of(model, steps)
    found = _repeats(samples, str(levels["repeats"]))
    kept = samples.only(found.kept.tolist())
    note = (
        f"data-deduplication: {len(kept)} of {len(samples)} samples kept, "
        f"{found.exact.sum()} equal an earlier one"
    )
    if found.criterion is not None:
        note += f", {found.near.sum()} are alike one ({found.criterion})"
    passes = steps / len(samples.batches())
    trained = trained_anew(model, kept, round(passes * len(kept.batches())))
    return replace(trained, notes=(*model.notes, note))


def _repeats(samples: Samples, which: str) -> Repeats:
    from advisor.duplicates.arrays import repeats

    try:
        return repeats([each.cpu().numpy() for each in samples.given], near=which == "near")
    except ModuleNotFoundError as error:
        raise StrategyError(
            f"repeats={which} needs {error.name} (pip install 'advisor[data]'); "
            "repeats=exact does not"
        ) from error


STRATEGY = Strategy(
    slug="data-deduplication",
    title="data deduplication",
    family="data",
    summary="keep one of each set of samples that repeat",
    configure=configure,
    apply=apply,
    touches=frozenset({"data", "hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=1.0, expected=3.0, high=8.0),
    quality_drop=no_drop,
    quality_source="Lee et al. 2021, arXiv 2107.06499: the same or better accuracy",
    parameters=(
        Parameter(
            "repeats", ("exact", "near"), "near", "which samples a measurement leaves out",
            only_costs=True,
        ),
        STEPS,
    ),
    stage=DATA,
    baseline=trained_on_all,
)  # fmt: skip
