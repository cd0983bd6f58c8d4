"""Give each GPU a part of the layers, and pass micro-batches from one to the next.

## What it does
`torch.distributed.pipelining`: stages of consecutive layers; micro-batches follow one another, so
that all stages work at once but at the start and the end of a step.

## When it pays
Models too large for one machine, over links too slow for tensor parallel: only hidden states
travel.

## When it hurts
Few micro-batches: p stages over m of them stand still for (p − 1) / m of their work.

## How it is measured
It needs the model cut into stages, and a process for each GPU. It is projected only.

## Sources
Huang et al., "GPipe", 2019, §3.2; Narayanan et al., "Megatron-LM on GPU Clusters", 2021, §2.2;
torchtitan (2024-12).
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.needs import Accelerators
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, training_pipeline_parallel=int(levels["stages"]))


STRATEGY = Strategy(
    slug="pipeline-parallel",
    title="pipeline parallel",
    family="distributed",
    summary="give each GPU a part of the layers",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=5.0, expected=12.0, high=30.0),
    quality_drop=no_drop,
    quality_source="the same arithmetic",
    needs=(Accelerators(2),),
    parameters=(Parameter("stages", (2, 4, 8), 2, "GPUs that each hold a part of the layers"),),
)
