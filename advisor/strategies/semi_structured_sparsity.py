"""Set two of each four weights of linear layers to zero, for units that skip them.

## What it does
Of each four weights along a row the two of least magnitude become zero. Where the GPU has sparse
matrix units and the weights are of 16 bits, `torch.sparse.to_sparse_semi_structured` then stores
the other two and their places, once the weights are final. Layers whose sizes the kernels do not
take (rows in multiples of 32, columns of 64) keep their dense weights.

## When it pays
Large products in 16 bits on an A100 or later, and decoding at small batch, where nine sixteenths of
the bytes are read. The units compute at twice the dense rate, kernels reach 1.7 of it.

## When it hurts
Half of the weights are lost. Without training further, perplexity of Llama-2 is 65 to 99% higher by
the best one-shot methods, and worse by magnitude, as here: combine it with recovery, which keeps
the zeros. Weights in 32 bits, or cast by autocast at each call, gain nothing: combine it with bf16.

## How it is measured
On a GPU with sparse units the sparse module runs as it is. On every other machine the zeros are set
and the dense kernels multiply them: quality is measured, and no gain in time.

## Sources
Mishra et al. 2021, arXiv 2104.08378: nothing lost once trained again; torchao sparsity read-me
(2025-01): SAM ViT-H loses 2.5% without training, kernels at 1.7 times the dense rate; Wanda
read-me (2023-11): perplexity of Llama-2 7B to 70B at 2:4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import SparseUnits
from advisor.strategies.strategy import MASK, Levels, Strategy

if TYPE_CHECKING:
    import torch

GROUP = 4
ROWS, COLUMNS = 32, 64
"""Sizes of a 16-bit weight that PyTorch's CUTLASS kernels take come in multiples of these; those
of cuSPARSELt ask for less."""
_FIRST_CAPABILITY = (8, 0)
_NO_KERNEL = "no kernel of PyTorch multiplies sparse weights in that format"


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, two_of_four=True)


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch

    del levels
    layers = _layers(model.module)
    if not layers:
        raise StrategyError(
            f"it found no linear layer to thin out: none has rows in multiples of {ROWS} and "
            f"columns in multiples of {COLUMNS}"
        )
    with torch.no_grad():
        for layer in layers:
            layer.weight.mul_(kept_of_four(layer.weight))
    return model


def kept_of_four(weight: torch.Tensor) -> torch.Tensor:
    """A mask of the two weights of largest magnitude among each four along a row."""
    import torch

    groups = weight.abs().reshape(-1, GROUP)
    largest = groups.topk(GROUP // 2, dim=1).indices
    return torch.zeros_like(groups, dtype=torch.bool).scatter_(1, largest, True).view_as(weight)


def convert(model: LoadedModel, levels: Levels) -> LoadedModel:
    """Store the weights sparse where this machine's GPU has units for it; else leave them dense."""
    import torch
    from torch.sparse import to_sparse_semi_structured

    del levels
    layers = _layers(model.module)
    weight = layers[0].weight
    if not weight.is_cuda or torch.cuda.get_device_capability(weight.device) < _FIRST_CAPABILITY:
        return model
    if weight.dtype not in (torch.float16, torch.bfloat16):
        raise StrategyError(
            f"its kernels compute in 16 bits, the weights are {weight.dtype}; "
            "switch bf16 on with it"
        )
    for layer in layers:
        sparse = to_sparse_semi_structured(layer.weight.detach().contiguous())
        layer.weight = torch.nn.Parameter(sparse, requires_grad=False)
    return model


def _layers(module: torch.nn.Module) -> list[torch.nn.Linear]:
    import torch

    return [
        each for each in module.modules()
        if isinstance(each, torch.nn.Linear)
        and each.out_features % ROWS == 0 and each.in_features % COLUMNS == 0
    ]  # fmt: skip


STRATEGY = Strategy(
    slug="semi-structured-sparsity",
    title="2:4 sparsity",
    family="pruning",
    summary="zero two of each four linear weights, for units that skip them",
    configure=configure,
    apply=apply,
    convert=convert,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=2.0, expected=5.0, high=15.0),
    quality_drop=lambda _: Quantity(low=0.0, expected=0.0246, high=0.986),
    quality_source="trained again: Mishra et al. 2021; SAM ViT-H as it is: torchao sparsity "
    "read-me, 2025-01; Llama-2 7B one-shot: Wanda read-me, 2023-11",
    needs=(SparseUnits(),),
    conflicts={
        "unstructured-pruning": "both decide which weights are zero",
        "amp": "PyTorch does not cast sparse weights on the way; take bf16 or fp16",
        **dict.fromkeys(
            ("int8-weight-only", "int8-dynamic", "int4-weight-only", "fp8"), _NO_KERNEL
        ),
    },
    stage=MASK,
)
