"""Objectives and limits on the work, against enumeration without any bound."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.advice.goal import DECISIVE, OBJECTIVES, Goal, Objective, figure
from advisor.advice.goal_text import limits_text
from advisor.advice.search import best_setup
from advisor.advice.space import Choices
from advisor.errors import UsageError
from advisor.projection.engine import evaluate, feasible
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import Selection, every_choice, setup_for
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import scenario
from tests.support.selections import combined

ASKED = ["serving.requests_per_month=5e9", "training.runs_per_month=20"]
SCENARIOS = (
    scenario(encoder(layers=2), "a100-80-sxm", settings=ASKED),
    scenario(convnet(), "t4", "batch-scoring", "on-premises-enterprise", ASKED),
    scenario(decoder(layers=2), "h100-sxm", "fine-tuning"),
)
SLUGS = ("bf16", "torch-compile", "int8-dynamic", "mig", "spot", "fsdp", "activation-checkpointing")
subsets = st.sets(st.sampled_from(SLUGS), min_size=1, max_size=4)
scenarios = st.sampled_from(SCENARIOS)


def _choices(slugs: set[str]) -> Choices:
    return {slug: every_choice()[slug][:2] for slug in slugs}


def _all(choices: Choices) -> list[Selection]:
    picked = itertools.product(*((None, *levels) for _, levels in sorted(choices.items())))
    tried = [combined(choice for choice in each if choice is not None) for each in picked]
    return [chosen for chosen in tried if chosen is not None]


def _figures(of: Scenario, every: list[Selection], objective: Objective) -> np.ndarray:
    evaluation = evaluate(of, [setup_for(each) for each in every])
    usable = feasible(of, evaluation)
    return np.where(usable, figure(of, evaluation, objective), np.inf)


@settings(max_examples=25, deadline=None)
@given(scenarios, subsets, st.sampled_from(OBJECTIVES))
def test_no_setup_has_a_figure_that_is_noticeably_lower(
    of: Scenario, slugs: set[str], objective: Objective
) -> None:
    choices = _choices(slugs)
    figures = _figures(of, _all(choices), objective)
    found = best_setup(of, choices, Goal(objective))
    assert found.feasible == bool(np.isfinite(figures.min()))
    if found.feasible:
        assert figures.min() <= found.figure * (1 + 1e-9)
        assert found.figure <= figures.min() * (1 + 2 / DECISIVE)


@settings(max_examples=25, deadline=None)
@given(scenarios, subsets, st.floats(0, 12))
def test_the_cheapest_within_the_days_is_what_enumeration_finds(
    of: Scenario, slugs: set[str], days: float
) -> None:
    choices = _choices(slugs)
    every = [each for each in _all(choices) if setup_for(each).effort_days.expected <= days + 1e-9]
    cost = _figures(of, every, "cost")
    found = best_setup(of, choices, Goal(max_days=days))
    assert found.feasible == bool(np.isfinite(cost.min()))
    if found.feasible:
        assert found.usd_per_month == pytest.approx(cost.min(), abs=1e-5)
        assert setup_for(found.chosen).effort_days.expected <= days + 1e-9


@settings(max_examples=10, deadline=None)
@given(scenarios, subsets, st.floats(0, 20_000), st.floats(0, 20_000))
def test_more_money_for_the_work_is_never_dearer(
    of: Scenario, slugs: set[str], one: float, other: float
) -> None:
    choices = _choices(slugs)
    little, much = sorted((one, other))
    tight, loose = (best_setup(of, choices, Goal(max_up_front_usd=each)) for each in (little, much))
    assert loose.feasible >= tight.feasible
    if tight.feasible:
        assert loose.usd_per_month <= tight.usd_per_month + 1e-6


def test_no_days_leave_the_model_as_it_came() -> None:
    assert best_setup(SCENARIOS[0], every_choice(), Goal(max_days=0)).chosen == ()


def test_an_objective_is_reached_at_a_price() -> None:
    choices = {slug: every_choice()[slug] for slug in SLUGS[:4]}
    cheap, fast = (best_setup(SCENARIOS[0], choices, Goal(each)) for each in OBJECTIVES[:2])
    assert cheap.usd_per_month <= fast.usd_per_month
    reached = _figures(SCENARIOS[0], [cheap.chosen], "latency")[0]
    assert fast.figure <= reached


def test_latency_of_what_serves_nothing_is_refused_by_name() -> None:
    trains = scenario(decoder(layers=2), "h100-sxm", "pre-training")
    with pytest.raises(UsageError, match="pre-training serves nothing"):
        best_setup(trains, every_choice(), Goal("latency"))


def test_energy_of_a_part_without_a_known_power_is_refused_by_name() -> None:
    of = scenario(encoder(layers=2), "cpu-2vcpu")
    if of.hardware.power is not None:
        pytest.skip("its power is known by now")
    with pytest.raises(UsageError, match="states no power"):
        best_setup(of, every_choice(), Goal("energy"))


@pytest.mark.parametrize("limit", [-1.0, float("nan"), float("inf")])
def test_a_limit_that_is_none_is_refused(limit: float) -> None:
    with pytest.raises(UsageError, match="must be 0 or more"):
        Goal(max_days=limit)
    with pytest.raises(UsageError, match="up-front USD"):
        Goal(max_up_front_usd=limit)


LIMITS = [
    (Goal(), ""),
    (Goal(max_days=0), "at most 0 days of work"),
    (Goal(max_days=1), "at most 1 day of work"),
    (Goal(max_up_front_usd=0), "at most $0.00 of work"),
    (Goal(max_days=2.5, max_up_front_usd=900), "at most 2.5 days of work and at most $900"),
]


@pytest.mark.parametrize(("goal", "text"), LIMITS)
def test_what_limits_the_work_is_said_in_words(goal: Goal, text: str) -> None:
    assert limits_text(goal) == text
