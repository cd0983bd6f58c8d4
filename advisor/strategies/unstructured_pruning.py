"""Set the smallest weights to zero, wherever they are.

## What it does
`torch.nn.utils.prune` with the L1 norm over all linear and convolutional weights, made permanent:
with `scope=global` the smallest of all of them together, with `scope=layer` the same share of each
layer. The tensors stay dense: their zeros are stored and multiplied.

## When it pays
With kernels that skip zeros, or where the checkpoint is compressed for shipping. It is also the
first step of methods that go on to remove whole channels.

## When it hurts
On dense kernels nothing gets faster or smaller, while quality falls: perplexity 39 to 190% higher
at half the weights by magnitude alone.

## How it is measured
The zeroed module runs as it is; latency, memory, size and quality are taken against the model as
it came.

## Sources
torchao sparsity read-me (2025-01): speed-up 1.0 on dense kernels; Wanda read-me (2023-11):
perplexity of Llama-2 at 50% of each layer, the interval scaled with the share removed. Nothing
general is published on which scope loses less.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.strategy import MASK, Levels, Parameter, Strategy

# At half the weights: the best one-shot method, magnitude alone on the sturdiest model, and on
# the frailest. What is lost grows faster than the share removed; the square joins 0 and 50%.
DROP_AT_HALF = Quantity(low=0.0, expected=0.394, high=1.908)


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, weights_masked=float(levels["ratio"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch
    from torch.nn.utils import prune

    targets = [
        (module, "weight")
        for path, module in model.module.named_modules()
        if model.may_change(path)
        and isinstance(module, (torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d))
    ]
    if not targets:
        raise StrategyError("it found no layer to prune: none is linear or convolutional")
    ratio = float(levels["ratio"])
    if levels["scope"] == "global":
        prune.global_unstructured(targets, prune.L1Unstructured, amount=ratio)
    for module, name in targets:
        if levels["scope"] == "layer":
            prune.l1_unstructured(module, name, amount=ratio)  # type: ignore[no-untyped-call]  # torch declares no types
        prune.remove(module, name)  # type: ignore[no-untyped-call]  # torch declares no types
    return model


def quality_drop(levels: Levels) -> Quantity:
    share = (float(levels["ratio"]) / 0.5) ** 2
    return Quantity(
        low=DROP_AT_HALF.low * share,
        expected=DROP_AT_HALF.expected * share,
        high=DROP_AT_HALF.high * share,
    )


STRATEGY = Strategy(
    slug="unstructured-pruning",
    title="unstructured pruning (L1)",
    family="pruning",
    summary="set the smallest weights to zero",
    configure=configure,
    apply=apply,
    touches=frozenset(),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=1.0, expected=3.0, high=8.0),
    quality_drop=quality_drop,
    quality_source="Wanda read-me, Llama-2 at 50%, 2023-11",
    parameters=(
        Parameter("ratio", (0.1, 0.3, 0.5, 0.7, 0.9), 0.5, "share of the weights set to zero"),
        Parameter(
            "scope",
            ("global", "layer"),
            "global",
            "among which weights the smallest are sought",
            only_costs=True,
        ),
    ),
    stage=MASK,
)
