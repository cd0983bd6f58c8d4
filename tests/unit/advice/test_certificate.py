"""What a certificate says beside the distance: which rule kept what out, and other hardware."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.advice.certificate import minima, usable_choices
from advisor.advice.plan import make_plan
from advisor.advice.rule import Finding, findings
from advisor.advice.search import best_setup
from advisor.catalog import load
from advisor.profiling.profile import ModelProfile
from tests.support.profiles import convnet, encoder
from tests.support.scenarios import facts, scenario

PARTS = [load.hardware_by_id(name) for name in ("t4", "l4", "a100-80-sxm")]


@settings(max_examples=4, deadline=None)
@given(
    st.sampled_from([encoder(layers=2), convnet()]),
    st.sampled_from(["a100-80-sxm", "t4"]),
    st.sampled_from(["batch-scoring", "medical-diagnosis", "fine-tuning"]),
)
def test_plan_and_what_was_left_out_make_the_minimum(
    model: ModelProfile, hardware: str, workload: str
) -> None:
    given_facts = facts(scenario(model, hardware, workload))
    plan = make_plan(given_facts, findings(given_facts))
    certificate = plan.certificate
    left = [each.choice for each in certificate.left_out]
    assert all(choice in (*plan.chosen, *left) for choice in certificate.minimum_selection)
    assert not set(left) & set(plan.chosen)
    assert all(each.reason for each in certificate.left_out)


def test_what_is_forbidden_binds_the_minimum_and_has_its_price() -> None:
    given_facts = facts(scenario(encoder(), "t4", settings=["training.runs_per_month=3"]))
    minimum = make_plan(given_facts, ()).certificate.minimum_selection
    assert minimum
    against = Finding(
        "too-risky", "warning", "not here", (), forbids=tuple(str(each) for each in minimum)
    )
    guarded = make_plan(given_facts, (against,)).certificate
    assert guarded.forbidden == minimum
    assert guarded.guards_usd_per_month is not None
    assert guarded.guards_usd_per_month > 0
    assert not set(guarded.minimum_selection) & set(minimum)


def test_other_hardware_is_searched_as_if_it_were_the_own() -> None:
    given_scenario = scenario(encoder(layers=2), "t4")
    found = minima(given_scenario, PARTS)
    costs = [each.usd_per_month for each in found]
    assert costs == sorted(costs)
    assert {each.hardware for each in found} == {"t4", "l4", "a100-80-sxm"}
    for each in found:
        there = replace(given_scenario, hardware=load.hardware_by_id(each.hardware))
        own = best_setup(there, usable_choices(there.hardware))
        assert (each.usd_per_month, each.chosen) == (own.usd_per_month, own.chosen)


def test_hardware_without_a_price_is_left_out() -> None:
    given_scenario = scenario(
        encoder(layers=2), "a100-80-sxm", settings=['rental.clouds=["lambda"]']
    )
    found = minima(given_scenario, PARTS)
    assert "t4" not in {each.hardware for each in found}


def test_hardware_that_keeps_no_constraint_is_left_out() -> None:
    asked = ["serving.latency_objective_ms=0.0001"]
    assert minima(scenario(encoder(), "t4", settings=asked), PARTS) == ()


@pytest.mark.parametrize("workload", ["batch-scoring", "fine-tuning"])
def test_strategies_that_the_hardware_lacks_are_not_in_the_space(workload: str) -> None:
    there = scenario(encoder(layers=2), "t4", workload)
    assert "mig" not in usable_choices(there.hardware)
