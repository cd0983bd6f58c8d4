"""What a plan promises: steps that add up, reasons for what is left out, the distance."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.advice.certificate import Certificate, exact_minimum
from advisor.advice.goal import Goal
from advisor.advice.plan import Plan, Step, make_plan, roll_back
from advisor.advice.rule import Facts, Finding, findings
from advisor.advice.search import Found
from advisor.projection.project import project
from advisor.projection.scenario import Scenario
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import every_choice, setup_for
from advisor.strategies.strategy import waits_for
from tests.support.measurements import measurement
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import facts, scenario

MODELS = (encoder(layers=2), encoder(layers=2, dtype="bfloat16"), convnet(), decoder(layers=2))
WORKLOADS = ("batch-scoring", "financial-risk", "fine-tuning", "medical-diagnosis")
HARDWARE = ("a100-80-sxm", "cpu-2vcpu", "t4")
ORGANIZATIONS = ("cloud-startup", "on-premises-enterprise")


def _facts(model: int, workload: str, hardware: str, organization: str) -> Facts:
    return facts(scenario(MODELS[model], hardware, workload, organization))


def _plan(given_facts: Facts) -> Plan:
    return make_plan(given_facts, findings(given_facts))


everywhere = st.builds(
    _facts,
    st.sampled_from(range(len(MODELS))),
    st.sampled_from(WORKLOADS),
    st.sampled_from(HARDWARE),
    st.sampled_from(ORGANIZATIONS),
)


def _of_nothing(at: Scenario, _: object, plan: Found, goal: Goal) -> Certificate:
    return exact_minimum(at, {}, plan, goal)


@pytest.fixture
def steps_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minimum is looked for over all there is: it takes most of the time, and no step is its."""
    monkeypatch.setattr("advisor.advice.plan.guarded_minimum", _of_nothing)


@cache
def _busy() -> Facts:
    """Demand high enough that several strategies pay for themselves."""
    asked = ["serving.requests_per_month=30000000000", "training.runs_per_month=3"]
    return facts(scenario(encoder(), "a100-80-sxm", settings=asked))


@cache
def _busy_plan() -> Plan:
    return _plan(_busy())


def _adds_up(given_facts: Facts, plan: Plan) -> None:
    before, after = plan.before.bill.total().expected, plan.after.bill.total().expected
    saved = sum(step.saving_usd_per_month.expected for step in plan.steps)
    assert saved == pytest.approx(before - after, abs=1e-6)
    assert plan.after == project(given_facts.scenario, [setup_for(plan.chosen)])[0]
    if plan.steps:
        assert not plan.after.broken_constraints
    if not plan.before.broken_constraints:
        assert after <= before
    # Every strategy is a step or is left out with a reason, once.
    slugs = [step.choice.slug for step in plan.steps] + [each.slug for each in plan.rejected]
    assert sorted(slugs) == sorted(strategies())
    assert all(each.reason for each in plan.rejected)


def _is_not_below_the_minimum(plan: Plan) -> None:
    certificate = plan.certificate
    distance = certificate.distance_usd_per_month
    assert (distance is None) == (not certificate.plan_is_feasible)
    assert distance is None or distance >= 0
    assert certificate.setups == certificate.evaluated + certificate.pruned


def _has_a_rule_that_speaks_for_each_step_and_none_that_forbids_it(
    plan: Plan, said: tuple[Finding, ...]
) -> None:
    forbidden = {text for finding in said for text in finding.forbids}
    for step in plan.steps:
        assert step.why
        assert not {step.choice.slug, str(step.choice)} & forbidden


def _has_no_step_before_one_that_it_waits_for(plan: Plan) -> None:
    steps = [step.choice.strategy for step in plan.steps]
    for index, strategy in enumerate(steps):
        assert not any(waits_for(strategy, later) for later in steps[index + 1 :])


@settings(max_examples=6, deadline=None)
@given(everywhere)
def test_what_holds_of_a_plan_anywhere(given_facts: Facts) -> None:
    """Together, as a plan takes seconds to work out."""
    said = findings(given_facts)
    plan = make_plan(given_facts, said)
    _adds_up(given_facts, plan)
    _is_not_below_the_minimum(plan)
    _has_a_rule_that_speaks_for_each_step_and_none_that_forbids_it(plan, said)
    _has_no_step_before_one_that_it_waits_for(plan)


@pytest.mark.usefixtures("steps_alone")
def test_with_no_rule_nothing_changes() -> None:
    plan = make_plan(_busy(), ())
    assert plan.steps == ()
    assert plan.after.bill == plan.before.bill


def test_much_demand_gives_a_plan_with_several_steps() -> None:
    plan = _busy_plan()
    assert len(plan.steps) >= 2
    assert plan.after.bill.total().expected < plan.before.bill.total().expected


@pytest.mark.usefixtures("steps_alone")
def test_a_step_forbidden_at_one_level_may_be_taken_at_another() -> None:
    asked = [
        'rental.clouds=["aws"]',
        "training.runs_per_month=60",
        "serving.requests_per_month=30000000000",
    ]
    given_facts = facts(scenario(encoder(), "a100-80-sxm", settings=asked))
    speaks = Finding("for", "waste", "it pays", (("figure", "1"),), recommends=("spot",))
    against = Finding(
        "against", "warning", "no", (("figure", "1"),), forbids=("spot:scope=everything",)
    )
    free, bound = (make_plan(given_facts, said) for said in ((speaks,), (speaks, against)))
    assert [str(step.choice) for step in free.steps] == ["spot:scope=everything"]
    assert [str(step.choice) for step in bound.steps] == ["spot"]


def test_a_step_that_touches_quality_unmeasured_needs_a_signature() -> None:
    steps = {step.choice.slug: step for step in _busy_plan().steps}
    touching = [step for step in steps.values() if step.quality_drop.high > 0]
    assert touching
    assert all(step.sign_off is not None for step in touching)
    assert all(step.sign_off is None for step in steps.values() if step.quality_drop.high <= 0)


@pytest.mark.usefixtures("steps_alone")
def test_a_measurement_within_the_floor_signs_for_it() -> None:
    given_facts = _busy()
    touching = [step.choice for step in _busy_plan().steps if step.quality_drop.high > 0]
    shown = tuple(measurement(str(each), 0.01, 0.005, 0.9, 0.9) for each in touching)
    measured = Facts(given_facts.scenario, given_facts.before, shown)
    assert all(step.sign_off is None for step in _plan(measured).steps)


@pytest.mark.usefixtures("steps_alone")
def test_a_measured_loss_takes_a_step_out_of_the_plan() -> None:
    given_facts = _busy()
    lost = next(step.choice for step in _busy_plan().steps if step.quality_drop.high > 0)
    shown = (measurement(str(lost), 0.01, 0.005, 0.9, 0.5),)
    measured = Facts(given_facts.scenario, given_facts.before, shown)
    assert str(lost) not in {str(step.choice) for step in _plan(measured).steps}


@pytest.mark.usefixtures("steps_alone")
def test_the_plan_does_not_depend_on_the_order_of_the_findings() -> None:
    given_facts, forwards = _busy(), _busy_plan()
    backwards = make_plan(given_facts, findings(given_facts)[::-1])
    assert [step.choice for step in forwards.steps] == [step.choice for step in backwards.steps]
    assert forwards.after == backwards.after


WAITING = [
    ("int8-weight-only", "structured-pruning", True),
    ("torch-compile", "recovery", True),
    ("fsdp", "structured-pruning", False),
    ("reservation", "bf16", True),
    ("reservation", "activation-checkpointing", False),
    ("structured-pruning", "int8-weight-only", False),
    ("bf16", "reservation", False),
]


@pytest.mark.parametrize(("one", "other", "waits"), WAITING)
def test_what_waits_for_what(one: str, other: str, waits: bool) -> None:
    assert waits_for(strategies()[one], strategies()[other]) is waits


INVOICE = "the next invoice does not show the saving"
LATENCY = "latency rises beyond what the workload allows"
PREEMPTED = "capacity is lost more often than the plan assumes"
SIGNS = [
    ("automated-audits", INVOICE),
    ("reservation", INVOICE),
    ("storage-tiering", INVOICE),
    ("time-slicing", f"{LATENCY}, or {INVOICE}"),
    ("managed-serving", f"{LATENCY}, or {INVOICE}"),
    ("spot", f"{PREEMPTED}, or {INVOICE}"),
    ("label-fewer", f"accuracy falls by more than 1.0%, or {INVOICE}"),
    ("int8-dynamic", f"accuracy falls by more than 1.0%, or {LATENCY}, or {INVOICE}"),
]


@pytest.mark.parametrize(("slug", "sign"), SIGNS)
def test_a_step_is_rolled_back_for_what_it_can_spoil(slug: str, sign: str) -> None:
    at = scenario(replace(MODELS[0], metric="accuracy"), "t4", settings=["quality.max_drop=0.01"])
    assert roll_back(facts(at), every_choice()[slug][0]) == sign


def test_the_quickest_win_comes_first_where_nothing_has_to_go_before() -> None:
    given_facts = _busy()
    steps = _busy_plan().steps
    free = [
        step for step in steps
        if not any(waits_for(step.choice.strategy, other.choice.strategy) for other in steps)
    ]  # fmt: skip
    nothing = given_facts.before.bill.total().expected

    def saved_a_day(step: Step) -> float:
        alone = project(given_facts.scenario, [setup_for((step.choice,))])[0]
        days = max(step.choice.strategy.effort_days.expected, 0.1)
        return (nothing - alone.bill.total().expected) / days

    assert saved_a_day(steps[0]) == max(map(saved_a_day, free))
