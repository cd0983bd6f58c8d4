"""What holds a model back: how its time would change if one resource of the hardware were free.

The engine is asked with a part that does not exist, so that no formula of it stands here again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from advisor.advice.rule import Facts
from advisor.catalog.hardware import Compute, Hardware
from advisor.catalog.quantity import Quantity
from advisor.projection.engine import evaluate
from advisor.projection.setup import Setup

Resource = Literal["arithmetic", "bandwidth", "host"]
PLENTY = 1e6
"""Times the real figure: no operator of any model notices it any more."""


def share_of_time(facts: Facts, resource: Resource) -> float:
    """The share of an accelerator's time a request that would go if `resource` were free.

    Where two resources are used in equal parts neither alone takes time away, so the shares do
    not sum to one.
    """
    scenario = facts.scenario
    freed = replace(scenario, hardware=_with_plenty(scenario.hardware, resource))
    seconds = []
    for each in (scenario, freed):
        served = evaluate(each, [Setup()]).served
        seconds.append(float(served.accelerators[0] / served.requests_per_s[0]))
    return 1 - seconds[1] / seconds[0]


def _with_plenty(hardware: Hardware, resource: Resource) -> Hardware:
    if resource == "arithmetic":
        return replace(hardware, compute=_fast(hardware.compute))
    if resource == "bandwidth":
        wide = hardware.memory.bandwidth_gb_per_s * PLENTY
        return replace(hardware, memory=replace(hardware.memory, bandwidth_gb_per_s=wide))
    none = Quantity.exact(0.0)
    return replace(
        hardware, efficiency=replace(hardware.efficiency, dispatch_us=none, launch_us=none)
    )


def _fast(compute: Compute) -> Compute:
    def plenty(rate: float | None) -> float | None:
        return None if rate is None else rate * PLENTY

    return replace(
        compute,
        fp32_tflops=compute.fp32_tflops * PLENTY,
        tf32_tflops=plenty(compute.tf32_tflops),
        fp16_tflops=plenty(compute.fp16_tflops),
        bf16_tflops=plenty(compute.bf16_tflops),
    )
