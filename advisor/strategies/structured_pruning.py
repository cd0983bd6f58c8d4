"""Remove whole channels, so that the layers become smaller dense layers.

## What it does
torch-pruning finds which layers depend on each channel and removes the channels of least L2 norm
from all of them together. Networks without attention lose channels everywhere inside; transformers
lose feed-forward width, and keep their hidden size and heads.

## When it pays
Where arithmetic or weight traffic decides: operations fall with the square of the channels kept
where both sides of a layer shrink. No special kernel is needed.

## When it hurts
Small ratios leave sizes that kernels do not like (0.97 of the speed of ResNet-50 at 5%). Quality
falls, and has to be won back by fine-tuning, which costs runs and days.

## How it is measured
The smaller module runs as it is, without fine-tuning; latency, memory, size and quality are taken
against the model as it came.

## Sources
Torch-Pruning read-me (2025-09): latency of ResNet-50 by ratio, and -0.4 to 0.6 points lost by
ResNet-56 at 2.1 times fewer operations after fine-tuning. Without fine-tuning nothing general is
published: the upper bound is the share of channels removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Library
from advisor.strategies.strategy import REMOVE, Levels, Parameter, Strategy

if TYPE_CHECKING:
    import torch

ROUND_TO = 4
"""Channels are kept in multiples of this, so that vector units stay full."""


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, channels_removed=float(levels["ratio"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch_pruning

    ratio = float(levels["ratio"])
    inputs: Any = dict(model.keyword_inputs) if model.keyword_inputs else model.inputs
    if model.keyword_inputs and model.inputs:
        raise StrategyError(
            f"structured pruning traces {model.reference} with positional or keyword inputs, "
            "not with both; give the factory's inputs in one form"
        )
    graph = torch_pruning.DependencyGraph().build_dependency(
        model.module, example_inputs=inputs, output_transform=_differentiable
    )
    if _has_attention(model.module):
        _prune_feed_forward(model, graph, ratio)
    else:
        _prune_everywhere(model, inputs, ratio)
    return model


def _differentiable(output: Any) -> list[torch.Tensor]:
    """The tensors of an output that the graph can be followed back from."""
    import torch

    if isinstance(output, torch.Tensor):
        return [output] if output.grad_fn is not None else []
    parts = output.values() if isinstance(output, dict) else output
    if not isinstance(parts, Iterable):
        return []
    return [tensor for part in parts for tensor in _differentiable(part)]


def _has_attention(module: torch.nn.Module) -> bool:
    import torch

    return any(
        isinstance(part, torch.nn.MultiheadAttention) or "attention" in type(part).__name__.lower()
        for part in module.modules()
    )


def _prune_everywhere(model: LoadedModel, inputs: Any, ratio: float) -> None:
    import torch
    import torch_pruning

    module = model.module
    named = {part: ratio for path, part in module.named_modules() if model.may_change(path)}
    layers = [part for part in module.modules() if isinstance(part, torch.nn.Linear)]
    pruner = torch_pruning.pruner.BasePruner(
        module,
        inputs,
        importance=torch_pruning.importance.GroupMagnitudeImportance(p=2),
        pruning_ratio=ratio if model.only is None else 0.0,
        pruning_ratio_dict={} if model.only is None else named,
        round_to=ROUND_TO,
        ignored_layers=layers[-1:],
        output_transform=_differentiable,
    )
    pruner.step()


def _prune_feed_forward(model: LoadedModel, graph: Any, ratio: float) -> None:
    """Shrink every linear layer that widens, with all that depends on its width."""
    import torch
    import torch_pruning

    importance = torch_pruning.importance.GroupMagnitudeImportance(p=2)
    seen: set[int] = set()
    for path, layer in list(model.module.named_modules()):
        if not isinstance(layer, torch.nn.Linear) or layer.out_features <= layer.in_features:
            continue
        if not model.may_change(path):
            continue
        everything = list(range(layer.out_features))
        group = graph.get_pruning_group(
            layer, torch_pruning.prune_linear_out_channels, idxs=everything
        )
        parts = [item.dep.target.module for item in group]
        inside = len(parts) > 1 and all(
            isinstance(part, torch.nn.Linear) or not list(part.parameters()) for part in parts
        )
        if not inside or id(layer) in seen:
            continue
        seen.update(id(part) for part in parts)
        count = int(layer.out_features * ratio) // ROUND_TO * ROUND_TO
        least = importance(group).argsort()[:count].tolist()
        graph.get_pruning_group(layer, torch_pruning.prune_linear_out_channels, idxs=least).prune()
    if not seen:
        raise StrategyError(
            "structured pruning found no feed-forward layer to narrow: no linear layer widens "
            "its input and feeds only linear layers"
        )


STRATEGY = Strategy(
    slug="structured-pruning",
    title="structured pruning (channels, feed-forward width)",
    family="pruning",
    summary="remove whole channels by L2 norm",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=3.0, expected=8.0, high=20.0),
    quality_drop=lambda levels: Quantity(
        low=0.0, expected=0.1 * float(levels["ratio"]), high=float(levels["ratio"])
    ),
    quality_source="Torch-Pruning read-me, ResNet-56 fine-tuned, 2025-09; bounded by the ratio",
    needs=(Library("torch_pruning", "torch-pruning"),),
    parameters=(
        Parameter("ratio", (0.1, 0.2, 0.3, 0.5, 0.7), 0.3, "share of the channels removed"),
    ),
    stage=REMOVE,
)
