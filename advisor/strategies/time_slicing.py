"""Several processes take turns on one GPU (time-slicing).

## What it does
2 or 4 processes are put on one GPU, which serves them one after the other: each has all of it in
its turn.

## When it pays
Where replicas wait for their hosts or for requests most of the time, on any NVIDIA GPU: nothing is
installed but a setting of the scheduler. The model pays for one process's part.

## When it hurts
Work that keeps the GPU busy takes as many times longer as processes are active, and switching
costs. Memory adds up, with a CUDA context for each. Nothing is isolated: a process may take all of
the memory. A replica that needs several GPUs is not projected so.

## How it is measured
Not by one process on example inputs: run a serving process for each tenant at once.

## Sources
NVIDIA GPU Operator, "Time-slicing GPUs in Kubernetes"; NVIDIA Multi-Process Service, "When to use
MPS" (contexts and their switching). What switching costs is an assumption of 0 to 30%, and so is
that all tenants are active, on the safe side.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.needs import SharedGpu
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, gpu_sharing="time-slicing", gpu_tenants=int(levels["tenants"]))


STRATEGY = Strategy(
    slug="time-slicing",
    title="time-slicing",
    family="pooling",
    summary="take turns with others on one GPU",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.5, expected=1.0, high=3.0),
    quality_drop=no_drop,
    quality_source="the model does not change",
    needs=(SharedGpu(),),
    conflicts={
        "mig": "both divide the GPU",
        "mps": "processes run side by side or take turns",
        "tensor-parallel": "the processes of one replica would not have their turns together",
    },
    parameters=(Parameter("tenants", (2, 4), 2, "processes on one GPU"),),
)
