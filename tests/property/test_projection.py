"""What must hold of every projection, whatever is switched on."""

from __future__ import annotations

import functools
import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.advice.search import best_setup
from advisor.projection.engine import evaluate
from advisor.projection.project import project
from advisor.projection.result import COMPONENTS, Estimate
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.strategies.selection import (
    Choice,
    Selection,
    conflict,
    every_choice,
    selection,
    setup_for,
)
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import scenario

CHOICES = [choice for choices in every_choice().values() for choice in choices]


@functools.cache
def known(name: str) -> Scenario:
    return {
        "convnet on a processor": lambda: scenario(convnet(), "cpu-2vcpu", "medical-diagnosis"),
        "encoder on a rented GPU": lambda: scenario(encoder(), "a100-80-sxm", "batch-scoring"),
        "encoder on owned GPUs": lambda: scenario(
            encoder(), "h100-sxm", "financial-risk", "on-premises-enterprise"
        ),
        "decoder on a rented GPU": lambda: scenario(decoder(), "h100-sxm", "chat-serving"),
        "decoder in training": lambda: scenario(decoder(4, 1024), "a100-80-sxm", "fine-tuning"),
    }[name]()


NAMES = (
    "convnet on a processor",
    "encoder on a rented GPU",
    "encoder on owned GPUs",
    "decoder on a rented GPU",
    "decoder in training",
)
scenarios = st.sampled_from(NAMES).map(known)


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    chosen: list[Choice] = []
    for choice in draw(st.lists(st.sampled_from(CHOICES), max_size=5)):
        taken = {each.slug for each in chosen}
        if choice.slug not in taken and conflict(choice.slug, chosen) is None:
            chosen.append(choice)
    return selection(chosen)


def estimates(found: object) -> list[Estimate]:
    return [value for value in vars(found).values() if isinstance(value, Estimate)]


@given(scenarios, selections())
def test_bounds_are_in_order_finite_and_costs_are_never_negative(
    given_scenario: Scenario, chosen: Selection
) -> None:
    found = project(given_scenario, [setup_for(chosen)])[0]
    for estimate in estimates(found):
        assert estimate.low <= estimate.expected <= estimate.high
        assert math.isfinite(estimate.high)
    for line in found.bill.lines:
        assert (line.usd_per_month is None) == (line.missing is not None)
        assert line.usd_per_month is None or line.usd_per_month.low >= 0


@given(scenarios, selections())
def test_lines_sum_to_components_and_components_to_the_total(
    given_scenario: Scenario, chosen: Selection
) -> None:
    bill = project(given_scenario, [setup_for(chosen)])[0].bill
    parts = sum(bill.total(component).expected for component in COMPONENTS)
    assert parts == pytest.approx(bill.total().expected)


@given(scenarios, selections())
def test_a_batch_gives_what_single_setups_give(given_scenario: Scenario, chosen: Selection) -> None:
    setups = [Setup(), setup_for(chosen), setup_for(chosen[:1])]
    together = evaluate(given_scenario, setups).usd_per_month
    alone = [evaluate(given_scenario, [setup]).usd_per_month[0] for setup in setups]
    assert list(together) == pytest.approx(alone)


@given(scenarios, selections())
def test_order_of_switching_on_never_matters(given_scenario: Scenario, chosen: Selection) -> None:
    setups = {setup_for(selection(order)) for order in itertools.permutations(chosen)}
    assert len(setups) == 1


@given(scenarios)
def test_nothing_on_changes_nothing(given_scenario: Scenario) -> None:
    assert project(given_scenario, [setup_for(())]) == project(given_scenario, [Setup()])


@settings(max_examples=15, deadline=None)
@given(scenarios, st.sampled_from([0.05, 0.01, 0.002, 0.0]))
def test_a_stricter_floor_is_never_cheaper(given_scenario: Scenario, floor: float) -> None:
    from dataclasses import replace

    choices = {slug: every_choice()[slug] for slug in ("bf16", "int8-dynamic", "torch-compile")}

    def best(max_drop: float) -> float:
        quality = replace(given_scenario.workload.quality, max_drop=max_drop)
        workload = replace(given_scenario.workload, quality=quality)
        found = best_setup(replace(given_scenario, workload=workload), choices)
        return found.usd_per_month if found.feasible else math.inf

    assert best(floor) >= best(0.1) - 1e-6
