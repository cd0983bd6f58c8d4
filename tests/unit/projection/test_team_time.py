"""People's time that services and schedules take over, and what they charge for it."""

from __future__ import annotations

import pytest

from advisor.projection.engine import Evaluation, evaluate
from advisor.projection.scenario import Case
from advisor.projection.setup import Setup
from tests.support.profiles import encoder
from tests.support.scenarios import scenario
from tests.unit.projection.test_formulas import evaluated

GIVEN = scenario(encoder(), settings=[
    "people_fte={ ml-engineer = 1.0, software-developer = 0.5, data-scientist = 0.5 }"
])  # fmt: skip
MANAGED = Setup(managed_serving=True)
AUDITED = Setup(audits_automated=True)


def cost(found: Evaluation, name: str) -> list[float]:
    [line] = [line for line in found.lines if line.name == name]
    return [float(usd) for usd in line.usd_per_month]


@pytest.mark.parametrize(("case", "left"), [("low", 0.82), ("expected", 0.91), ("high", 1.0)])
def test_a_managed_service_frees_engineers_of_machines(case: Case, left: float) -> None:
    found = evaluate(GIVEN, [Setup(), MANAGED], case)
    for role in ("ml-engineer", "software-developer"):
        before, after = cost(found, role)
        assert after == pytest.approx(left * before)
    before, after = cost(found, "data-scientist")
    assert after == before


def test_audits_free_those_who_implement_strategies() -> None:
    found = evaluate(GIVEN, [Setup(), AUDITED])
    before, after = cost(found, "ml-engineer")
    assert after == pytest.approx(0.975 * before)
    assert len(set(cost(found, "software-developer"))) == 1


def test_both_take_from_the_same_hours() -> None:
    both = Setup(managed_serving=True, audits_automated=True)
    before, after = cost(evaluate(GIVEN, [Setup(), both]), "ml-engineer")
    assert after == pytest.approx(0.91 * 0.975 * before)


@pytest.mark.parametrize(("case", "share"), [("low", 0.15), ("expected", 0.2), ("high", 0.4)])
def test_the_premium_is_on_each_rented_hour(case: Case, share: float) -> None:
    found = evaluate(GIVEN, [Setup(), MANAGED], case)
    none, premium = cost(found, "managed service, on-demand")
    assert none == 0
    assert premium == pytest.approx(share * cost(found, "serving, on-demand")[1])


def test_what_is_owned_has_no_premium() -> None:
    owned = scenario(encoder(), organization="on-premises-enterprise")
    names = [line.name for line in evaluate(owned, [MANAGED]).lines]
    assert not any(name.startswith("managed service") for name in names)


def test_formulas_evaluated_on_their_inputs_give_the_lines() -> None:
    both = Setup(managed_serving=True, audits_automated=True)
    for line in evaluate(GIVEN, [both]).lines:
        if line.component == "human" or line.name.startswith("managed"):
            assert evaluated(line) == pytest.approx(float(line.usd_per_month[0])), line.name
