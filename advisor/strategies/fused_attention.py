"""Run attention as one kernel that keeps no scores.

## What it does
A model that writes attention out (a product, a softmax, a product) takes PyTorch's
`scaled_dot_product_attention` instead: transformers' `set_attn_implementation("sdpa")`.

## When it pays
Long sequences: the scores, tokens by tokens a head, are neither written nor read, forward and
backward.

## When it hurts
It cannot give attention weights (`output_attentions`), and a model that already runs a fused
kernel, as most in transformers do, gains nothing.

## How it is measured
The implementation is set on the loaded model; latency, memory and quality are taken against the
model as it came. Refused where the model has another implementation already, or is not one of
transformers.

## Sources
Dao et al. 2022, "FlashAttention", arXiv 2205.14135: the same sums in another order; transformers,
"Attention interface".
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.strategy import CONVERT, Levels, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, attention="fused")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    from transformers import PreTrainedModel

    del levels
    owners = [each for each in model.module.modules() if isinstance(each, PreTrainedModel)]
    if not owners:
        raise StrategyError(
            f"{model.reference} is a {type(model.module).__name__}; only models of transformers "
            "tell how their attention is written"
        )
    kinds = {each.config._attn_implementation for each in owners}  # noqa: SLF001  # no public name
    if kinds != {"eager"}:
        raise StrategyError(
            f"the attention of {model.reference} is not written out; it is "
            f"{', '.join(sorted(map(str, kinds)))} already"
        )
    for each in owners:
        each.set_attn_implementation("sdpa")
    return model


STRATEGY = Strategy(
    slug="fused-attention",
    title="fused attention",
    family="execution",
    summary="run attention that is written out as one kernel",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=0.1, expected=0.5, high=2.0),
    quality_drop=no_drop,
    quality_source="the same sums, in another order",
    stage=CONVERT,
)
