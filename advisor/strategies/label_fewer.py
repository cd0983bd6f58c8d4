"""Label only the samples that teach the model something.

## What it does
Buys labels for a share of the new samples alone: first for those that the model is least sure of
(active learning).

## When it pays
Where new samples are labelled every month and labels are a large part of the bill.

## When it hurts
A model that picks its own samples can miss what it is wrongly sure of, and the labels it leaves no
longer show how often a class occurs: keep a part drawn at random to evaluate on. Where few samples
are labelled as it is, there is little to leave out.

## How it is measured
A model that brings its training data is trained twice from the start, with one seed and as many
steps: on all samples and on the share. Half of the share is drawn at random; a model trained on
that half picks the other half where its two likeliest classes are nearest (`by=margin`). With
`by=random` all of it is drawn. Quality is compared, and how many samples were kept is said. Its
interval is of the samples scored, not of other draws or seeds.

## Sources
Coleman et al. 2020, "Selection via Proxy", arXiv 1906.11829: half of CIFAR-10 left out at no loss,
picked by a smaller model. For other data and shares nothing general is published: the upper bounds
are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
from advisor.strategies.distillation import scores
from advisor.strategies.recovery import SEED
from advisor.strategies.strategy import DATA, Levels, Parameter, Strategy

if TYPE_CHECKING:
    import torch

DROPS: Mapping[float, Quantity] = {
    0.9: Quantity(low=0.0, expected=0.0, high=0.01),
    0.7: Quantity(low=0.0, expected=0.002, high=0.02),
    0.5: Quantity(low=0.0, expected=0.01, high=0.05),
    0.3: Quantity(low=0.0, expected=0.03, high=0.15),
}
SHARES = tuple(DROPS)


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, labels_share=float(levels["share"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    steps = int(levels["steps"])
    samples = samples_of(model, steps)
    wanted = max(1, round(float(levels["share"]) * len(samples)))
    by = str(levels["by"])
    places = _drawn(samples, wanted) if by == "random" else _unsure(model, samples, wanted, steps)
    note = f"label-fewer: {wanted} of {len(samples)} samples labelled, picked by {by}"
    trained = trained_anew(model, samples.only(places), steps)
    return replace(trained, notes=(*model.notes, note))


def _drawn(samples: Samples, count: int) -> list[int]:
    import torch

    generator = torch.Generator().manual_seed(SEED)
    found: list[int] = torch.randperm(len(samples), generator=generator)[:count].tolist()
    return found


def _unsure(model: LoadedModel, samples: Samples, count: int, steps: int) -> list[int]:
    """Half of `count` at random, and the others that a model trained on those is least sure of."""
    import torch

    first = _drawn(samples, count - count // 2)
    picker = trained_anew(model, samples.only(first), steps)
    others = sorted(set(range(len(samples))) - set(first))
    nearness = torch.cat([_margins(picker, batch) for batch in samples.only(others).batches()])
    least = nearness.argsort()[: count - len(first)].tolist()
    return [*first, *(others[place] for place in least)]


def _margins(picker: LoadedModel, batch: Any) -> torch.Tensor:
    """How far the likeliest class is ahead of the next, for each sample: (samples,).

    The scores are those that the model gives as its loss is taken; labels make no difference to
    them. Of sequences it is the mean over the tokens.
    """
    import torch

    assert picker.training is not None
    seen: list[torch.Tensor] = []
    handle = picker.module.register_forward_hook(
        lambda _, given, output: seen.append(scores(output).float().softmax(dim=-1))
    )
    try:
        with torch.no_grad():
            picker.training.loss(picker.module, batch)
    finally:
        handle.remove()
    if len(seen) != 1:
        raise StrategyError(
            f"by=margin: the loss of the training data runs the model {len(seen)} times a batch, "
            "not once; by=random needs no scores"
        )
    likeliest = seen[0].topk(2, dim=-1).values
    ahead = likeliest[..., 0] - likeliest[..., 1]
    return ahead.reshape(len(ahead), -1).mean(dim=1).cpu()


STRATEGY = Strategy(
    slug="label-fewer",
    title="label fewer samples",
    family="data",
    summary="label what teaches the model something",
    configure=configure,
    apply=apply,
    touches=frozenset({"data"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=3.0, expected=8.0, high=20.0),
    quality_drop=lambda levels: DROPS[float(levels["share"])],
    quality_source="Coleman et al. 2020, arXiv 1906.11829: nothing lost with half of CIFAR-10; "
    "beyond it an assumption",
    parameters=(
        Parameter("share", SHARES, 0.7, "of the new samples that are labelled"),
        Parameter(
            "by", ("margin", "random"), "margin", "how a measurement picks them", only_costs=True
        ),
        STEPS,
    ),
    stage=DATA,
    baseline=trained_on_all,
)
