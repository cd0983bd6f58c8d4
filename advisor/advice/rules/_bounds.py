"""What holds a model back: how its time would change if one resource of the hardware were free.

The engine is asked with a part that does not exist, so that no formula of it stands here again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from advisor.advice.rule import Facts
from advisor.catalog.hardware import Compute, Hardware
from advisor.catalog.quantity import Quantity
from advisor.projection.columns import setup_columns
from advisor.projection.deployment import deployed
from advisor.projection.engine import evaluate
from advisor.projection.scenario import Scenario
from advisor.projection.serving import Served, serve_as
from advisor.projection.serving_engine import served_setup
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
    chosen = evaluate(scenario, [Setup()]).served
    real, without = (_request_seconds(each, chosen) for each in (scenario, freed))
    return 1 - without / real


def _request_seconds(scenario: Scenario, chosen: Served) -> float:
    """Of one accelerator for one request, at the batch and the layout of `chosen`.

    Asked for the best of its own, a faster part would take another layout, which may use more.
    """
    if scenario.profile.decoder is None:
        served = evaluate(scenario, [Setup()]).served
    else:
        as_served = [served_setup(Setup())]
        columns = setup_columns(as_served, scenario.profile.dtype, scenario.hardware)
        where = deployed(as_served, scenario.hardware, "expected")
        served = serve_as(
            scenario, columns, where, np.ones(1), "expected", chosen.batch_size,
            chosen.accelerators,
        )  # fmt: skip
    return float(served.accelerators[0] / served.requests_per_s[0])


def _with_plenty(hardware: Hardware, resource: Resource) -> Hardware:
    if resource == "arithmetic":
        return replace(hardware, compute=_fast(hardware.compute))
    if resource == "bandwidth":
        wide = hardware.memory.bandwidth_gb_per_s * PLENTY
        return replace(hardware, memory=replace(hardware.memory, bandwidth_gb_per_s=wide))
    none, own = Quantity.exact(0.0), hardware.efficiency
    curves = None if own.curves is None else replace(own.curves, refill_us=0.0)
    silent = replace(own, dispatch_us=none, launch_us=none, curves=curves)
    return replace(hardware, efficiency=silent)


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
