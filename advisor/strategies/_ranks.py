"""Strategies that run in several processes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel
from advisor.strategies.strategy import Level

if TYPE_CHECKING:
    import torch


def require_process_group(slug: str, ranks: Level) -> None:
    """Raise StrategyError where this process was not started together with others."""
    import torch

    if not torch.distributed.is_initialized():
        raise StrategyError(
            f"{slug} runs in {ranks} processes started together (torchrun); "
            "this process belongs to no process group"
        )


def shard(model: LoadedModel, *, keep_gathered: bool) -> LoadedModel:
    """Each rank holds its part of every tensor; `keep_gathered` gathers once for both passes.

    Blocks of a list are gathered one by one, the rest of the module at once.
    """
    import torch
    from torch.distributed.fsdp import fully_shard

    # None leaves gathered what the outermost module holds, which the backward pass needs first.
    reshard = False if keep_gathered else None
    for part in model.module.modules():
        if isinstance(part, torch.nn.ModuleList):
            for block in part:
                fully_shard(block, reshard_after_forward=reshard)
    fully_shard(model.module, reshard_after_forward=reshard)
    return model


def shard_optimizer(model: LoadedModel) -> LoadedModel:
    """The whole module on each rank, and the optimizer's states divided over them."""
    from torch.nn.parallel import DistributedDataParallel

    if model.recipe.optimizer is not None:
        raise StrategyError("stage 1 divides AdamW's states, and another optimizer is chosen")
    module = DistributedDataParallel(model.module, gradient_as_bucket_view=True)
    return replace(
        model, module=module, recipe=replace(model.recipe, optimizer=_optimizer_of_its_part)
    )


def _optimizer_of_its_part(
    parameters: Sequence[torch.nn.Parameter], learning_rate: float
) -> torch.optim.Optimizer:
    import torch
    from torch.distributed.optim import ZeroRedundancyOptimizer

    return ZeroRedundancyOptimizer(parameters, optimizer_class=torch.optim.AdamW, lr=learning_rate)
