"""Lay activations out with their channels last.

## What it does
`module.to(memory_format=torch.channels_last)`: weights of convolutions, and the activations that
follow them, lie pixel by pixel. That is the layout that matrix units compute in, and that a
processor's library takes without a copy.

## When it pays
Convolutions in 16 bits on a GPU, not compiled: cuDNN no longer changes the layout around them (1.08
times as fast over 1,430 vision models on RTX 3090 and 4090). On a processor, not compiled: the
library no longer copies what it reads into blocks of channels.

## When it hurts
Operators without a kernel for the layout change it back: 15% of those models became slower. A
compiler chooses the layout itself.

## How it is measured
The module is converted, and its four-dimensional inputs as they come; latency, memory and quality
are taken against the model as it came. Refused where a model has no two-dimensional convolution.

## Sources
timm benchmark tables (2024-09), 10th to 90th percentile 0.98 to 1.25; PyTorch, "Channels last
memory format".
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
    return replace(setup, channels_last=True)


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch

    del levels
    if not any(isinstance(each, torch.nn.Conv2d) for each in model.module.modules()):
        raise StrategyError(f"{model.reference} has no two-dimensional convolution")

    def convert_inputs(module: torch.nn.Module, args: tuple[object, ...]) -> tuple[object, ...]:
        del module
        return tuple(
            each.contiguous(memory_format=torch.channels_last)
            if isinstance(each, torch.Tensor) and each.dim() == 4
            else each
            for each in args
        )

    module = model.module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch declares it without its other arguments only
    module.register_forward_pre_hook(convert_inputs)
    return replace(model, module=module)


STRATEGY = Strategy(
    slug="channels-last",
    title="channels last",
    family="execution",
    summary="lay activations out as convolutions compute them",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=0.1, expected=0.5, high=1.0),
    quality_drop=no_drop,
    quality_source="the same numbers, in another order",
    stage=CONVERT,
)
