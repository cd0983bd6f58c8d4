"""What training costs at the least: its passes alone, on machines of any size.

A run takes no fewer accelerator hours than its micro-batches take for their passes on as many
tensor-parallel ranks: what ranks send each other, pipelines wait for, is computed again, or is done
once a step comes on top. So a few micro-batches bound a thousand ways to spread them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from advisor.advice.aim import Aim
from advisor.advice.assess import Assessed, rest_added, training_run
from advisor.advice.space import Row
from advisor.catalog.pricing import Instance
from advisor.projection.parallel import layout
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup, with_knobs
from advisor.projection.training import for_training, training_load

BATCH = 2**40
"""Samples of a step, so many that what is done once in it takes no time beside its passes."""
SPREAD = (
    "sharding_stage", "data_parallel", "pipeline_parallel", "training_pipeline_parallel",
    "virtual_stages", "pipeline_schedule", "accumulation_steps", "micro_batch", "checkpointing",
    "optimizer", "optimizer_offloaded",
)  # fmt: skip
"""Knobs of which only the micro-batch that they lead to is left."""
FURTHER = ("recovery_steps", "distillation_steps", "cascade_steps")
"""Knobs of further training, which is left out: it takes a count of steps, not of samples."""
_PLAIN = vars(Setup())
_EASED = {name: _PLAIN[name] for name in (*SPREAD, *FURTHER)}
_PRICES = (
    "on_demand_usd_per_hour", "spot_usd_per_hour",
    "reserved_1yr_usd_per_hour", "reserved_3yr_usd_per_hour",
)  # fmt: skip


def eased(scenario: Scenario, setup: Setup) -> Setup:
    """The micro-batch of `setup` on one rank, or as many as are tensor-parallel."""
    micro = training_load(scenario, layout([for_training(setup)])).micro_batch
    return with_knobs(setup, {**_EASED, "micro_batch": int(micro[0])})


def eased_runs(
    scenario: Scenario, runs: Iterable[Row], shared: Collection[Row]
) -> list[Row] | None:
    """The runs that `runs` come down to, which refuse nothing and take no work.

    None where a micro-batch hangs on what is set beside them, or on experts spread over ranks.
    """
    if any(each[0] in SPREAD for row in shared for each in row.sets):
        return None
    found: dict[object, Row] = {}
    for row in runs:
        knobs: Mapping[str, object] = {name: value for name, value, _ in row.sets}
        if "expert_parallel" in knobs:
            return None
        micro = eased(scenario, with_knobs(Setup(), dict(knobs))).micro_batch
        left = tuple(each for each in row.sets if each[0] not in _EASED)
        sets = tuple(sorted((*left, ("micro_batch", micro, ""))))
        found.setdefault(sets, Row(sets=sets))
    return list(found.values())


def eased_scenario(scenario: Scenario) -> Scenario:
    """With steps of no end, and machines that are rented an accelerator at a time."""
    training = replace(scenario.workload.training, batch_size=BATCH)
    lists = {
        name: replace(prices, instances=tuple(map(_one_of, prices.instances)))
        for name, prices in scenario.price_lists.items()
    }
    workload = replace(scenario.workload, training=training)
    return replace(scenario, workload=workload, price_lists=lists)


def eased_run(scenario: Scenario, setups: Sequence[Setup], aim: Aim) -> Assessed:
    """As `training_run`, whether or not it fits: spread over ranks it might."""
    found = training_run(scenario, [with_knobs(each, _FURTHER) for each in setups], aim)
    known = np.isfinite(found.figures[:, 0])
    return replace(found, floor=np.where(known, 0.0, np.inf))


def eased_bill(scenario: Scenario, setups: Sequence[Setup], aim: Aim) -> Assessed:
    """As `rest_bill`, whether or not it fits."""
    return rest_added(scenario, [with_knobs(each, _FURTHER) for each in setups], aim, fits=False)


_FURTHER = {name: _PLAIN[name] for name in FURTHER}


def _one_of(instance: Instance) -> Instance:
    prices = {
        name: None if (usd := getattr(instance, name)) is None else usd / instance.accelerators
        for name in _PRICES
    }
    return replace(instance, accelerators=1.0, **prices)  # type: ignore[arg-type]  # names of prices
