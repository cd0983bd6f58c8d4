"""Shard parameters, gradients and optimizer states over GPUs (FSDP, ZeRO stage 3).

## What it does
`torch.distributed.fsdp.fully_shard`: each GPU holds its share of every tensor; the parameters of a
block are gathered as it runs and dropped after.

## When it pays
Where a training step does not fit on one GPU: 16 bytes a parameter for mixed-precision Adam become
16 over the number of GPUs.

## When it hurts
Where plain data parallel fits, the gathers are traffic for nothing: 1.5 times that of an
all-reduce. Over PCIe they are rarely hidden behind the arithmetic.

## How it is measured
`advisor measure MODEL --training --with fsdp:gpus=2` starts as many processes with torchrun, over
NCCL on GPUs and over gloo on the cores of a processor, and trains beside them in one process: the
step time of both, what a rank holds and sends, and how far the losses are apart.

## Sources
Rajbhandari et al., ZeRO, SC 2020; torchtitan benchmarks (2024-12): 0.97 to 0.98 of linear from 8 to
128 H100.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Ranks
from advisor.strategies.strategy import DISTRIBUTE, Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, sharding_stage=3, data_parallel=int(levels["gpus"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    """Shard each repeated block, then the rest; the process group must be initialised."""
    from advisor.strategies._ranks import require_process_group, shard

    require_process_group("fsdp", levels["gpus"])
    return shard(model, keep_gathered=False)


STRATEGY = Strategy(
    slug="fsdp",
    title="fully sharded data parallel (ZeRO-3)",
    family="distributed",
    summary="shard parameters, gradients and optimizer states over GPUs",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=2.0, expected=5.0, high=15.0),
    quality_drop=no_drop,
    quality_source="the same arithmetic, summed in another order",
    needs=(Ranks(2),),
    parameters=(Parameter("gpus", (2, 4, 8, 16, 32), 8, "GPUs that share a training step"),),
    stage=DISTRIBUTE,
)
