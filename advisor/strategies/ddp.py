"""Train on several GPUs, each with the whole model and its part of the batch.

## What it does
`DistributedDataParallel`: every rank runs its part of the batch, and an all-reduce adds the
gradients up while the backward pass still runs.

## When it pays
Where a step fits on one GPU and a run takes too long: 0.97 to 0.99 of linear on 8 GPUs of a
machine.

## When it hurts
Small batches: each rank has little to compute and as much to exchange. GPU hours do not fall,
only the hours on the wall.

## How it is measured
`advisor measure MODEL --training --with ddp:gpus=2` starts as many processes with torchrun, over
NCCL on GPUs and over gloo on the cores of a processor, and trains beside them in one process: the
step time of both, what a rank holds and sends, and how far the losses are apart.

## Sources
Li et al., "PyTorch Distributed", VLDB 2020; NVIDIA DeepLearningExamples (2024-04) for scaling.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Ranks
from advisor.strategies.strategy import DISTRIBUTE, Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, sharding_stage=0, data_parallel=int(levels["gpus"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    """Wrap the module; raises StrategyError outside a process group."""
    from torch.nn.parallel import DistributedDataParallel

    from advisor.strategies._ranks import require_process_group

    require_process_group("ddp", levels["gpus"])
    # Gradients that are views of what is exchanged are not held twice.
    module = DistributedDataParallel(model.module, gradient_as_bucket_view=True)
    return replace(model, module=module)


STRATEGY = Strategy(
    slug="ddp",
    title="data parallel (DDP)",
    family="distributed",
    summary="train on several GPUs, each with the whole model",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=0.5, expected=1.0, high=3.0),
    quality_drop=no_drop,
    quality_source="the same gradients, summed in another order",
    needs=(Ranks(2),),
    conflicts={
        "fsdp": "both decide how a training step is divided over ranks",
        "zero": "both decide how a training step is divided over ranks",
    },
    parameters=(Parameter("gpus", (2, 4, 8), 8, "GPUs that share a training step"),),
    stage=DISTRIBUTE,
)
