"""Several processes compute side by side on one GPU (MPS).

## What it does
NVIDIA's Multi-Process Service lets kernels of several processes run on a GPU at the same time. Each
of 2 or 4 clients is limited to its even part of the multiprocessors and of the memory.

## When it pays
Where one replica leaves most of a GPU idle, or waits for its own host between short kernels: each
client has a host process. The model pays for one client's part; the others serve others.

## When it hurts
Work that fills the GPU is slower by its part, so latency rises. Memory adds up: weights and a CUDA
context for each client. Bandwidth and cache are not isolated, and a client that faults may take the
others with it. A replica that needs several GPUs cannot be a client here.

## How it is measured
Not by one process on example inputs: run a serving process for each client under the daemon.

## Sources
NVIDIA Multi-Process Service, "When to use MPS" and "Architecture" (48 clients on a GPU from Volta
on, CUDA_MPS_ACTIVE_THREAD_PERCENTAGE, pinned memory limits). That all clients are busy at once, and
share bandwidth and cache evenly then, is an assumption on the safe side.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.needs import SharedGpu
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, gpu_sharing="mps", gpu_tenants=int(levels["tenants"]))


STRATEGY = Strategy(
    slug="mps",
    title="multi-process service",
    family="pooling",
    summary="compute side by side with others on one GPU",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.5, expected=2.0, high=5.0),
    quality_drop=no_drop,
    quality_source="the model does not change",
    needs=(SharedGpu(),),
    conflicts={
        "mig": "both divide the GPU",
        "tensor-parallel": "a client's part of a GPU has no link to another's",
    },
    parameters=(Parameter("tenants", (2, 4), 2, "processes on one GPU"),),
)
