"""Shard optimizer states (stage 1), and gradients too (stage 2), over data-parallel GPUs.

## What it does
Each rank keeps the states of its share of the parameters, updates those and passes them on. Stage
1 is torch's `ZeroRedundancyOptimizer`; stage 2 `fully_shard` without its second gather.

## When it pays
Where the states do not fit but the parameters do: 16 bytes a parameter become 4 + 12 over the
ranks in stage 1, 2 + 14 over them in stage 2, for the traffic of plain data parallel.

## When it hurts
Where plain data parallel fits: nothing is gained but days of work.

## How it is measured
`advisor measure MODEL --training --with zero:gpus=2:stage=1` trains in as many processes and in
one, as for `ddp`. Stage 1 exchanges gradients as DDP does and then passes on what each rank
updated: half as much again as the projection's, which scatters the gradients. Stage 2 is
`fully_shard` with the parameters kept from the forward to the backward pass: between steps it
shards them too.

## Sources
Rajbhandari et al., "ZeRO", SC 2020, §5 and §7.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Ranks
from advisor.strategies.strategy import DISTRIBUTE, Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    stage: Literal[1, 2] = 1 if levels["stage"] == 1 else 2
    return replace(setup, sharding_stage=stage, data_parallel=int(levels["gpus"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    """Raises StrategyError outside a process group, and where stage 1 finds another optimizer."""
    from advisor.strategies._ranks import require_process_group, shard, shard_optimizer

    require_process_group("zero", levels["gpus"])
    return shard_optimizer(model) if levels["stage"] == 1 else shard(model, keep_gathered=True)


STRATEGY = Strategy(
    slug="zero",
    title="sharded optimizer (ZeRO-1, ZeRO-2)",
    family="distributed",
    summary="shard optimizer states, and gradients too, over GPUs",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=1.0, expected=3.0, high=8.0),
    quality_drop=no_drop,
    quality_source="the same arithmetic, summed in another order",
    needs=(Ranks(2),),
    conflicts={"fsdp": "both decide how a training step is divided over ranks"},
    parameters=(
        Parameter("gpus", (2, 4, 8), 8, "GPUs that share a training step"),
        Parameter("stage", (1, 2), 2, "1 shards states, 2 gradients too"),
    ),
    stage=DISTRIBUTE,
)
