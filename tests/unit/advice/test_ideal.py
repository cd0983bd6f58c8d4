"""What the passes of training cost bounds every way to spread it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.advice.aim import Aim
from advisor.advice.assess import ROUNDING, rest_bill
from advisor.advice.ideal import eased, eased_bill, eased_run, eased_runs, eased_scenario
from advisor.advice.space import Row
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.strategies.selection import Choice, Selection, every_choice, setup_for
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import scenario
from tests.support.selections import combined

MODELS = (encoder(layers=2), convnet(), decoder(layers=4))
SETTINGS = (
    "training.runs_per_month=40",
    "training.batch_size=3",
    "training.batch_size=37",
    'rental.clouds=["lambda"]',
    "horizon_months=240",
)
CHOICES = [choice for levels in every_choice().values() for choice in levels]
scenarios = st.builds(
    lambda model, hardware, workload, organization, settings: scenario(
        MODELS[model], hardware, workload, organization, sorted(settings)
    ),
    st.sampled_from(range(len(MODELS))),
    st.sampled_from(["a100-80-sxm", "h100-sxm", "t4"]),
    st.sampled_from(["batch-scoring", "fine-tuning", "medical-diagnosis", "pre-training"]),
    st.sampled_from(["cloud-startup", "on-premises-enterprise", "research-lab"]),
    st.sets(st.sampled_from(SETTINGS), max_size=3),
)
further = st.fixed_dictionaries(
    {},
    optional={
        "pipeline_schedule": st.just("dualpipe"),
        "virtual_stages": st.sampled_from([1, 2]),
        "micro_batch": st.sampled_from([1, 5]),
        "data_parallel": st.sampled_from([3, 64]),
        "accumulation_steps": st.sampled_from([3, 100]),
        "recovery_steps": st.sampled_from([0, 500]),
    },
)


@settings(max_examples=300, deadline=None)
@given(scenarios, st.lists(st.sampled_from(CHOICES), max_size=8), further)
def test_no_run_costs_less_than_its_passes(
    at: Scenario, picked: list[Choice], beside: dict[str, object]
) -> None:
    chosen: Selection = ()
    for choice in picked:
        chosen = combined([*chosen, choice]) or chosen
    setup = replace(setup_for(chosen), **beside)  # type: ignore[arg-type]
    found = rest_bill(at, [setup], Aim(lacking=frozenset()))
    least = eased_bill(eased_scenario(at), [eased(at, setup)], Aim(lacking=frozenset()))
    assert found.of_hours is not None
    assert least.of_hours is not None
    if np.isfinite(found.floor[0]):
        assert least.of_hours[0] <= found.of_hours[0] + ROUNDING
        assert np.isfinite(least.floor[0])
        assert np.isfinite(eased_run(eased_scenario(at), [eased(at, setup)], Aim()).floor[0])


def test_a_few_micro_batches_stand_for_many_ways_to_spread_them() -> None:
    at = scenario(decoder(), "h100-sxm", "fine-tuning")
    batch = at.workload.training.batch_size
    spread = [
        Row(sets=(("data_parallel", ranks, "ddp"), ("checkpointing", again, "again")))
        for ranks in (1, 2, 4)
        for again in (False, True)
    ]
    found = eased_runs(at, spread, [Row()])
    assert found is not None
    assert [row.values(["micro_batch"]) for row in found] == [
        (("micro_batch", -(-batch // ranks)),) for ranks in (1, 2, 4)
    ]


@pytest.mark.parametrize(
    ("runs", "shared"),
    [
        ([Row(sets=(("expert_parallel", 2, "experts"),))], [Row()]),
        ([Row()], [Row(sets=(("data_parallel", 2, "both"),))]),
    ],
)
def test_where_ranks_change_the_passes_there_is_no_such_bound(
    runs: list[Row], shared: list[Row]
) -> None:
    assert eased_runs(scenario(decoder()), runs, shared) is None


def test_a_setup_keeps_what_its_passes_are_made_of() -> None:
    at = scenario(decoder(), "h100-sxm", "fine-tuning")
    setup = Setup(training_tensor_parallel=2, lora_rank=8, sharding_stage=3, data_parallel=2)
    half = -(-at.workload.training.batch_size // 2)
    assert eased(at, setup) == Setup(training_tensor_parallel=2, lora_rank=8, micro_batch=half)
