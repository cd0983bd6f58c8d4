"""Store the weights of linear layers in 4 bits, compute as before.

## What it does
Each group of weights along a row becomes 4-bit integers with a scale and a zero. On a GPU torchao's
`Int4WeightOnlyConfig` in the tile-packed format, whose kernel converts weights as it reads them; on
a processor torchao's prototype configuration over PyTorch's own packed product. Layers whose width
is no multiple of the group keep their format.

## When it pays
Decoding at small batch, where reading weights is most of the time (1.9 times as fast for 7B models
on an A100), and where memory decides how many GPUs are needed.

## When it hurts
In batches the conversion is repeated for each tile of rows and arithmetic decides: 0.75 to 1.03 of
the speed at batch 8 to 64. Perplexity suffers visibly, and more in newer models.

## How it is measured
`torchao.quantization.quantize_` on the loaded module; latency, memory, size and quality are taken
against the model as it came. On a GPU the weights have to be in bfloat16: combine it with bf16.

## Sources
torchao quantization read-me (2025-01): round to nearest, groups of 64, perplexity 5.2 to 11.9%
higher, GPTQ 2.6 to 6.5%; Model-Optimizer benchmark (2026-08): speed in batches. For groups of 32
and 128 half of the low end and 1.5 times the high end are assumed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Library
from advisor.strategies.strategy import CONVERT, Levels, Parameter, Strategy

if TYPE_CHECKING:
    from torchao.core.config import AOBaseConfig

GROUP = 64
"""The size of group that quality was published for."""


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, weight_format="int4", weight_group=int(levels["group"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch
    from torchao.quantization import quantize_

    group = int(levels["group"])
    linear = [each for each in model.module.modules() if isinstance(each, torch.nn.Linear)]
    if not any(each.in_features % group == 0 for each in linear):
        widths = ", ".join(map(str, sorted({each.in_features for each in linear}))) or "none"
        raise StrategyError(
            f"no linear layer is a multiple of group={group} wide; widths are {widths}"
        )
    weight = next(each.weight for each in linear if each.in_features % group == 0)
    if weight.is_cuda and weight.dtype is not torch.bfloat16:
        raise StrategyError(
            f"its kernel computes in bfloat16, the weights are {weight.dtype}; "
            "switch bf16 on with it"
        )
    config = _on_gpu(group) if weight.is_cuda else _on_processor(group)

    def taken(module: torch.nn.Module, path: str) -> bool:
        if not isinstance(module, torch.nn.Linear) or not model.may_change(path):
            return False
        # The processor's packed product takes sixteen outputs at a time.
        return weight.is_cuda or module.out_features % 16 == 0

    quantize_(model.module, config, filter_fn=taken)
    return model


def _on_gpu(group: int) -> AOBaseConfig:
    from torchao.quantization import Int4WeightOnlyConfig

    return Int4WeightOnlyConfig(group_size=group, int4_packing_format="tile_packed_to_4d")


def _on_processor(group: int) -> AOBaseConfig:
    from torchao.prototype.quantization.int4.inference_workflow import (
        PrototypeInt4WeightOnlyConfig,
    )

    return PrototypeInt4WeightOnlyConfig(group_size=group)


def quality_drop(levels: Levels) -> Quantity:
    if levels["group"] == GROUP:
        return Quantity(low=0.052, expected=0.118, high=0.119)
    return Quantity(low=0.026, expected=0.118, high=0.179)


STRATEGY = Strategy(
    slug="int4-weight-only",
    title="int4 weights",
    family="quantization",
    summary="store linear weights in 4 bits, compute as before",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.5, expected=2.0, high=5.0),
    quality_drop=quality_drop,
    quality_source="torchao quantization read-me, Llama 7-8B perplexity, 2025-01",
    needs=(Library("torchao", "torchao"),),
    conflicts=dict.fromkeys(
        ("int8-weight-only", "int8-dynamic"), "both decide the format of linear weights"
    ),
    parameters=(Parameter("group", (32, 64, 128), GROUP, "weights that share a scale and a zero"),),
    stage=CONVERT,
)
