"""The search against enumeration without any bound, and what a cheapest setup has to keep to."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.advice.certificate import exact_minimum
from advisor.advice.search import best_setup
from advisor.advice.space import Choices, Row
from advisor.advice.start import Best, Costs, best_of
from advisor.catalog.quantity import Quantity
from advisor.projection.engine import evaluate, feasible
from advisor.projection.project import project
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.strategies import bf16
from advisor.strategies.selection import Choice, Selection, every_choice, selection, setup_for
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import scenario
from tests.support.selections import combined

SLUGS = tuple(every_choice())
demands = st.sampled_from([1e5, 3e7, 5e9])
floors = st.sampled_from([0.0, 0.004, 0.01, 0.05, 0.5])
subsets = st.sets(st.sampled_from(SLUGS), min_size=1, max_size=4)


def _scenario(requests: float, floor: float) -> Scenario:
    overrides = [f"serving.requests_per_month={requests}", f"quality.max_drop={floor}"]
    return scenario(encoder(layers=2), "a100-80-sxm", settings=overrides)


def _all(slugs: set[str]) -> list[Selection]:
    return _all_of({slug: every_choice()[slug] for slug in slugs})


def _all_of(choices: Choices) -> list[Selection]:
    """Every combination that can be switched on, found by trying."""
    picked = itertools.product(*((None, *choices[slug]) for slug in sorted(choices)))
    tried = [combined(choice for choice in each if choice is not None) for each in picked]
    return [chosen for chosen in tried if chosen is not None]


@settings(max_examples=25, deadline=None)
@given(demands, floors, subsets)
def test_the_cheapest_is_what_enumeration_finds(
    requests: float, floor: float, slugs: set[str]
) -> None:
    at = _scenario(requests, floor)
    everything = _all(slugs)
    evaluation = evaluate(at, [setup_for(each) for each in everything])
    cost = np.where(feasible(at, evaluation), evaluation.usd_per_month, np.inf)
    found = best_setup(at, {slug: every_choice()[slug] for slug in slugs})
    assert found.setups == len(everything)
    assert found.evaluated <= found.setups
    assert found.feasible == bool(np.isfinite(cost.min()))
    if found.feasible:
        assert found.usd_per_month == pytest.approx(cost.min(), abs=1e-5)
        assert found.chosen in everything


SETTINGS = (
    "serving.requests_per_month=0",
    "serving.requests_per_month=3e9",
    "training.runs_per_month=0",
    "training.runs_per_month=40",
    "quality.max_drop=0.0",
    "quality.max_drop=0.3",
    "data.new_samples_per_month=500000",
    'rental.clouds=["lambda"]',
    "horizon_months=240",
)
MODELS = (encoder(layers=2), convnet(), decoder(layers=2))
scenarios = st.builds(
    lambda model, hardware, workload, organization, settings: scenario(
        MODELS[model], hardware, workload, organization, sorted(settings)
    ),
    st.sampled_from(range(len(MODELS))),
    st.sampled_from(["a100-80-sxm", "h100-sxm", "t4"]),
    st.sampled_from(["batch-scoring", "fine-tuning", "chat-serving", "medical-diagnosis"]),
    st.sampled_from(["cloud-startup", "on-premises-enterprise"]),
    st.sets(st.sampled_from(SETTINGS), max_size=4),
)


def _by_brute_force(at: Scenario, everything: list[Selection]) -> Selection | None:
    """The cheapest of `everything`; of equals the fewest, then by slug."""
    setups = [setup_for(each) for each in everything]
    evaluation, nothing = evaluate(at, setups), evaluate(at, [Setup()])
    usable = feasible(at, evaluation)
    lacking = [line.missing for line in nothing.lines if np.isnan(line.usd_per_month).any()]
    for line in evaluation.lines:
        if line.missing not in lacking:
            usable &= ~(np.isnan(line.usd_per_month) & (line.quantity != 0))
    ranked = [
        (round(float(cost), 6), len(each), [(choice.slug, str(choice)) for choice in each], each)
        for cost, each, kept in zip(evaluation.usd_per_month, everything, usable, strict=True)
        if kept
    ]
    return min(ranked)[-1] if ranked else None


@settings(max_examples=40, deadline=None)
@given(scenarios, subsets)
def test_the_very_selection_is_what_brute_force_finds(at: Scenario, slugs: set[str]) -> None:
    everything = _all(slugs)
    expected = _by_brute_force(at, everything)
    found = best_setup(at, {slug: every_choice()[slug] for slug in slugs})
    assert found.setups == len(everything)
    assert found.feasible == (expected is not None)
    assert found.chosen == (expected or ())


@settings(max_examples=15, deadline=None)
@given(scenarios, subsets, st.data())
def test_where_the_search_begins_changes_no_answer(
    at: Scenario, slugs: set[str], data: st.DataObject
) -> None:
    near = data.draw(st.sampled_from(_all(slugs)))
    choices = {slug: every_choice()[slug] for slug in slugs}
    free, begun = best_setup(at, choices), best_setup(at, choices, near=near)
    assert (free.chosen, free.feasible) == (begun.chosen, begun.feasible)


@settings(max_examples=15, deadline=None)
@given(demands, subsets, subsets)
def test_more_to_choose_from_is_never_dearer(
    requests: float, few: set[str], more: set[str]
) -> None:
    at = _scenario(requests, 0.02)
    small = best_setup(at, {slug: every_choice()[slug] for slug in few})
    large = best_setup(at, {slug: every_choice()[slug] for slug in few | more})
    assert large.usd_per_month <= small.usd_per_month


@settings(max_examples=15, deadline=None)
@given(demands, st.sampled_from([(0.5, 0.01), (0.01, 0.004), (0.05, 0.0)]))
def test_a_tighter_floor_is_never_cheaper(requests: float, limits: tuple[float, float]) -> None:
    slugs = ("bf16", "int8-dynamic", "structured-pruning", "torch-compile", "unstructured-pruning")
    choices = {slug: every_choice()[slug] for slug in slugs}
    loose, tight = (best_setup(_scenario(requests, each), choices) for each in limits)
    assert tight.usd_per_month >= loose.usd_per_month


def test_a_latency_objective_is_never_cheaper() -> None:
    free = scenario(convnet(), "a100-80-sxm", "medical-diagnosis")
    strict = replace(
        free,
        workload=replace(
            free.workload, serving=replace(free.workload.serving, latency_objective_ms=0.2)
        ),
    )
    found, bound = (best_setup(each, every_choice()) for each in (free, strict))
    assert bound.feasible
    assert bound.usd_per_month > found.usd_per_month


def test_where_nothing_keeps_the_constraints_nothing_is_chosen() -> None:
    at = scenario(encoder(), "t4", settings=["serving.latency_objective_ms=0.0001"])
    found = best_setup(at, every_choice())
    assert not found.feasible
    assert found.chosen == ()
    certificate = exact_minimum(at, every_choice(), found)
    assert not certificate.minimum_is_feasible
    assert certificate.distance_usd_per_month is None
    assert certificate.distance_fraction is None


def test_a_strategy_that_wins_quality_back_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound holds for losses below nothing too."""
    winning = replace(bf16.STRATEGY, quality_drop=lambda _: Quantity.exact(-0.05))
    at = _scenario(5e9, 0.0)
    choices = {slug: every_choice()[slug] for slug in ("bf16", "int8-dynamic")}
    from advisor.strategies import catalog

    known = {**catalog.strategies(), "bf16": winning}
    monkeypatch.setattr(
        "advisor.strategies.selection.strategy_by_slug", lambda slug, _="": known[slug]
    )
    found = best_setup(at, choices)
    assert found.setups == 4
    assert found.feasible
    everything = _all(set(choices))
    evaluation = evaluate(at, [setup_for(each) for each in everything])
    cost = np.where(feasible(at, evaluation), evaluation.usd_per_month, np.inf)
    assert found.usd_per_month == pytest.approx(cost.min(), abs=1e-5)


def test_an_unknown_price_is_not_a_low_one() -> None:
    asked = ['rental.clouds=["lambda"]', "training.runs_per_month=300"]
    at = scenario(encoder(), "h100-sxm", settings=asked)
    spot = {"spot": every_choice()["spot"]}
    assert project(at, [setup_for((Choice("spot"),))])[0].bill.missing
    assert best_setup(at, spot).chosen == ()


def test_prices_that_every_setup_lacks_rule_none_of_them_out() -> None:
    at = scenario(encoder(), "a100-80-sxm", organization="on-premises-enterprise")
    assert project(at, [Setup()])[0].bill.missing
    found = best_setup(at, {"mig": every_choice()["mig"]})
    assert found.feasible
    assert found.chosen == (Choice("mig"),)


def test_no_choices_leave_the_model_as_it_came() -> None:
    found = best_setup(_scenario(1e5, 0.01), {"bf16": ()})
    assert (found.chosen, found.setups, found.evaluated) == ((), 1, 1)


def _begun_at(chosen: Selection | None) -> Callable[..., Best | None]:
    """A start that doesn't climb: of the optimum itself no bound could take anything away."""

    def start(
        _: Scenario, rows: Mapping[str, tuple[Row, ...]], costs: Costs, near: Selection = ()
    ) -> Best | None:
        if chosen is None:
            return None
        alone = {row.chosen[0]: row for levels in rows.values() for row in levels}
        return best_of(costs, [reduce(Row.beside, (alone[each] for each in chosen), Row())])

    return start


def test_work_on_data_leaves_the_days_that_training_may_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eight days of choosing labels are in what data cost at least, and count once."""
    slugs = {"label-fewer", "ddp", "gradient-accumulation", "mig", "spot", "torch-compile"}
    at = scenario(decoder(layers=12, hidden=768), "h100-sxm", "fine-tuning", "cloud-startup")
    choices = {slug: every_choice()[slug][:3] for slug in slugs}
    everything = _all_of(choices)
    expected = _by_brute_force(at, everything)
    assert expected is not None
    fewest = next(each for each in every_choice()["label-fewer"] if each in expected)
    for poor in ((fewest,), (*expected, Choice("torch-compile")), None):
        begun = None if poor is None else selection(poor)
        assert begun != expected
        monkeypatch.setattr("advisor.advice.search.good_start", _begun_at(begun))
        assert best_setup(at, choices).chosen == expected


@settings(max_examples=25, deadline=None)
@given(scenarios, subsets, st.data())
def test_a_start_that_does_not_climb_changes_no_answer(
    at: Scenario, slugs: set[str], data: st.DataObject
) -> None:
    everything = _all(slugs)
    begun = _begun_at(data.draw(st.sampled_from([None, *everything])))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("advisor.advice.search.good_start", begun)
        found = best_setup(at, {slug: every_choice()[slug] for slug in slugs})
    assert found.chosen == (_by_brute_force(at, everything) or ())


def test_sides_without_a_strategy_of_their_own_are_still_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What serves was once taken for all the rest where neither had one, and its cost twice."""
    at = scenario(encoder(layers=2), "a100-80-sxm", "batch-scoring", "cloud-startup")
    monkeypatch.setattr("advisor.advice.search.good_start", _begun_at((Choice("tf32"),)))
    assert best_setup(at, {"tf32": every_choice()["tf32"]}).chosen == ()


def test_what_can_not_be_paid_for_leaves_the_others_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spot that no list prices serves as the rest does, and takes nothing away from it."""
    asked = ['rental.clouds=["lambda"]', "training.runs_per_month=4"]
    model = decoder(layers=16, hidden=2048, dtype="float32")
    at = scenario(model, "t4", "batch-scoring", "research-lab", asked)
    choices = {slug: every_choice()[slug] for slug in ("spot", "tensor-parallel")}
    monkeypatch.setattr("advisor.advice.search.good_start", _begun_at(None))
    assert best_setup(at, choices).chosen == (Choice("tensor-parallel", (("gpus", 4),)),)
