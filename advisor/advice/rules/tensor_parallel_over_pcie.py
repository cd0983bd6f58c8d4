"""Layers would be split over GPUs that reach each other by PCIe or a network only.

## What it sees
Hardware whose GPUs have no NVLink.

## Why it matters
Two all-reduces of the hidden state a layer and pass stand in the way of the next layer. Over PCIe
they often take longer than the products they divide.

## What to do
Give each GPU whole layers (pipeline parallel) or a whole model, and split the batch.

## Sources
Shoeybi et al., "Megatron-LM", 2019, §3; NVIDIA data sheets for the links.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule

SLUG = "tensor-parallel-over-pcie"


def check(facts: Facts) -> Finding | None:
    hardware = facts.scenario.hardware
    link = hardware.link
    if hardware.is_cpu or (link is not None and link.nvlink_gb_per_s > 0):
        return None
    speed = "not known" if link is None else f"{link.pcie_gb_per_s:g} GB/s over PCIe"
    return Finding(
        SLUG,
        "note",
        f"{hardware.id} has no NVLink, over which layers could be split",
        (("link", speed),),
        cautions=("tensor-parallel",),
    )


RULE = Rule(SLUG, "layers split over a slow link", check)
