"""Divide one GPU into instances (MIG) and serve from a slice.

## What it does
Multi-Instance GPU divides a GPU into instances that are isolated in hardware. A slice 1g, 2g or 3g
has 1, 2 or 3 of 7 compute slices and 1, 2 or 4 of 8 memory slices with their bandwidth and cache;
a GPU holds 7, 3 or 2 of them. 1g-double-memory has 1 compute and 2 memory slices, 4 on a GPU.
Training keeps whole GPUs.

## When it pays
Where one replica leaves most of a GPU idle: the other slices serve others, and the model pays for
its share: a GPU divided by the instances that it holds.

## When it hurts
A slice is slower by its share, so latency rises; large models do not fit. Where nobody uses the
other slices nothing is saved, and moving between layouts needs the GPU idle.

## How it is measured
Needs a GPU with MIG switched on; on others it is projected only.

## Sources
NVIDIA MIG User Guide, supported GPUs and profiles (2026); NVIDIA's voice-pipeline benchmark
(2026-03): 1.32 times the requests per GPU.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.needs import MultiInstance
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, mig_slice=str(levels["slice"]))


STRATEGY = Strategy(
    slug="mig",
    title="multi-instance GPU",
    family="pooling",
    summary="serve from a slice of a GPU, share the rest",
    configure=configure,
    apply=None,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=1.0, expected=2.0, high=5.0),
    quality_drop=no_drop,
    quality_source="the model does not change",
    needs=(MultiInstance(),),
    conflicts={"mps": "both divide the GPU", "time-slicing": "both divide the GPU"},
    parameters=(
        Parameter(
            "slice",
            ("1g", "1g-double-memory", "2g", "3g"),
            "1g",
            "instance a replica is served from",
        ),
    ),
)
