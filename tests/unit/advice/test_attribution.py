"""Shapley values: they add up, and agree with every order tried one by one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.advice.attribution import MOST_STRATEGIES, attribution
from advisor.projection.project import project
from advisor.projection.result import COMPONENTS
from advisor.projection.scenario import Scenario
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import Choice, Selection, selection, setup_for
from tests.support.profiles import convnet, encoder
from tests.support.scenarios import scenario

ASKED = ["serving.requests_per_month=30000000000", "training.runs_per_month=30"]
SCENARIOS = [
    scenario(model, hardware, settings=ASKED)
    for model, hardware in ((encoder(layers=2), "a100-80-sxm"), (convnet(), "t4"))
]
TOGETHER = ("bf16", "torch-compile", "spot", "structured-pruning")


def _total(of: Scenario, chosen: Selection) -> float:
    return project(of, [setup_for(chosen)])[0].bill.total().expected


choices = st.lists(st.sampled_from(TOGETHER), unique=True, max_size=4).map(
    lambda slugs: selection(map(Choice, slugs))
)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(SCENARIOS), choices)
def test_the_shares_add_up_to_the_saving_to_the_cent(of: Scenario, chosen: Selection) -> None:
    found = attribution(of, chosen)
    assert found is not None
    before, after = (project(of, [setup_for(each)])[0].bill for each in ((), chosen))
    for component in COMPONENTS:
        saved = before.total(component).expected - after.total(component).expected
        shared = sum(share.by_component[component] for share in found.shares)
        assert shared == pytest.approx(saved, abs=0.005)


def test_a_share_is_the_mean_over_every_order() -> None:
    of, chosen = SCENARIOS[0], selection(map(Choice, TOGETHER))
    found = attribution(of, chosen)
    assert found is not None
    earned = dict.fromkeys(chosen, 0.0)
    orders = list(itertools.permutations(chosen))
    for order in orders:
        for index, choice in enumerate(order):
            before, after = selection(order[:index]), selection(order[: index + 1])
            earned[choice] += (_total(of, before) - _total(of, after)) / len(orders)
    assert {share.choice: share.usd_per_month for share in found.shares} == pytest.approx(earned)


def test_the_interaction_of_two_is_what_both_save_beyond_each() -> None:
    of, chosen = SCENARIOS[0], selection([Choice("bf16"), Choice("torch-compile")])
    found = attribution(of, chosen)
    assert found is not None
    none, one, two, both = (_total(of, each) for each in ((), chosen[:1], chosen[1:], chosen))
    assert found.interactions[0].usd_per_month == pytest.approx(
        (none - both) - (2 * none - one - two)
    )
    assert found.interactions[0].usd_per_month != 0


def test_nothing_on_has_no_shares() -> None:
    found = attribution(SCENARIOS[0], ())
    assert found is not None
    assert not found.shares
    assert not found.interactions


def test_too_many_to_try_every_subset_of_is_said() -> None:
    many = tuple(itertools.islice(map(Choice, itertools.cycle(strategies())), MOST_STRATEGIES + 1))
    assert attribution(SCENARIOS[0], many) is None
