"""Split the weights of every layer over GPUs, which compute each token together.

## What it does
`torch.distributed.tensor.parallel`: columns of one product and rows of the next on each GPU, and
an all-reduce of the hidden state after each pair, twice a layer and pass.

## When it pays
Models whose layers do not fit on one GPU, over NVLink.

## When it hurts
Over PCIe or a network: the next layer waits for each all-reduce, and nothing hides it. 0.39 to
0.8 of linear for decoding on A100.

## How it is measured
It needs a plan of which layer is split how, and a process for each GPU. It is projected only.

## Sources
Shoeybi et al., "Megatron-LM", 2019, §3; gpt-fast (2024-09) for decoding.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.needs import Accelerators
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, training_tensor_parallel=int(levels["gpus"]))


STRATEGY = Strategy(
    slug="tensor-parallel",
    title="tensor parallel",
    family="distributed",
    summary="split every layer over GPUs of one machine",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=3.0, expected=8.0, high=20.0),
    quality_drop=no_drop,
    quality_source="the same arithmetic, summed in another order",
    needs=(Accelerators(2),),
    parameters=(Parameter("gpus", (2, 4, 8), 2, "GPUs that each layer is split over"),),
)
