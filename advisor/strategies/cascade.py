"""Let a small model answer first, and the large one only what the small one is unsure of.

## What it does
A student of a third of the blocks or channels, trained as distillation does it, answers every
request. Where its likeliest class is below the threshold, the model as it came is asked too.

## When it pays
Classifiers with many easy requests: each costs a third or less, and the hard ones are answered as
before.

## When it hurts
What is passed on waits for both models, which an objective on latency has to bear, and both lie in
memory. A student that is wrong and sure of it passes nothing on: scores of networks are often too
high. A batch runs through both models as soon as one of its samples is passed on.

## How it is measured
The student is really trained and both models run in turn on the model's own data; the share passed
on is said with the measurement, beside latency and quality. Decoders are refused: how sure they are
is known only once an answer is whole.

## Sources
Share passed on: a vendor's guide and a small trial, see `projection.cascade`, of low confidence.
Quality: less than 1% lost by the same guide; at most what such a student loses alone (NVIDIA BERT
distillation, 2024-04). Guo et al. 2017, arXiv 1706.04599: networks are surer than they are right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.distillation import DROPS, student_of, teach
from advisor.strategies.strategy import DISTIL, Levels, Parameter, Strategy
from advisor.units import percent

SHARE = 0.33


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, cascade_share=SHARE, cascade_steps=int(levels["steps"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    from advisor.models.cascade import Cascade

    if model.decoder is not None:
        raise StrategyError(
            f"{model.reference} is a decoder: how sure it is of an answer is known only once the "
            "answer is whole; a cascade takes scores of classes"
        )
    small = student_of(model, SHARE)
    teach(model, small, int(levels["steps"]))
    both = Cascade(small.module, model.module, float(levels["threshold"])).eval()

    def remarks() -> Sequence[str]:
        asked, passed = both.counted()
        share = percent(passed / asked) if asked else "none"
        return (f"{passed} of {asked} samples ({share}) were passed on to the large model",)

    return replace(
        model, module=both, blocks=None, depth=None, chain=None, with_layers=None, remarks=remarks
    )


_APART = "the two models of a cascade are {} apart, before they are put together"

STRATEGY = Strategy(
    slug="cascade",
    title="cascade of a small and the large model",
    family="model choice",
    summary="a student answers first, the model what it is unsure of",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=8.0, expected=20.0, high=50.0),
    quality_drop=lambda _: Quantity(low=0.0, expected=0.005, high=DROPS[SHARE].high),
    quality_source="less than 1%: developer.mittwald.de, cascade routing, 2026; at most the "
    "student's own: NVIDIA BERT distillation, 2024-04",
    conflicts={
        "distillation": "a cascade has a student of its own",
        "structured-pruning": _APART.format("pruned"),
        "recovery": _APART.format("trained"),
        "lora": _APART.format("trained"),
        "qlora": _APART.format("trained"),
    },
    parameters=(
        Parameter(
            "threshold", (0.5, 0.7, 0.8, 0.9, 0.95, 0.99), 0.9,
            "share of its likeliest class below which the student passes a request on",
            only_costs=True,
        ),
        Parameter(
            "steps", (30, 100, 300, 1000, 3000, 10000), 1000,
            "optimizer steps for each version released", only_costs=True,
        ),
    ),
    stage=DISTIL,
)  # fmt: skip
