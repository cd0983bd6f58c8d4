"""Strategies that run in several processes at once."""

from __future__ import annotations

from advisor.errors import StrategyError
from advisor.strategies.strategy import Level


def require_process_group(slug: str, ranks: Level) -> None:
    """Raise StrategyError where this process was not started together with others."""
    import torch

    if not torch.distributed.is_initialized():
        raise StrategyError(
            f"{slug} runs in {ranks} processes started together (torchrun); "
            "this process belongs to no process group"
        )
