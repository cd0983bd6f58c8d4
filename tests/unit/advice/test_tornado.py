"""What moves a plan's saving, and where it turns: always the engine's own figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.advice.tornado import SEARCHED, saving_usd, tornado
from advisor.advice.uncertain import uncertain_inputs
from advisor.catalog.quantity import Quantity
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from tests.support.bills import ONE_BY_ONE, PAYER, changed, exactly, paper

PLANNED = Setup(serving_purchase="spot", training_purchase="spot", effort_days=Quantity(10, 5, 20))


def _uncertain() -> Scenario:
    payer = changed(PAYER, "capacity", spot_lost_work_fraction=Quantity(0.1, 0.05, 0.3))
    payer = changed(payer, "people", on_cost_factor=Quantity(1.25, 1.1, 1.5))
    return paper(payer, prices=ONE_BY_ONE)


def test_the_widest_swing_comes_first() -> None:
    found = tornado(_uncertain(), PLANNED)
    swings = [each.swing_usd for each in found]
    assert swings == sorted(swings, reverse=True)
    assert found[0].key == "plan: days of work"
    # 15 days of 600 USD between the ends, over 24 months.
    assert found[0].swing_usd == pytest.approx(15 * 600 / 24)


@pytest.mark.parametrize("key", ["plan: days of work", "price lists: prices, times"])
def test_a_flip_turns_the_decision_and_a_little_less_does_not(key: str) -> None:
    scenario = _uncertain()
    case = (scenario, PLANNED)
    found = next(each for each in tornado(*case) if each.key == key)
    put = next(each for each in uncertain_inputs(case) if each.key == key).put
    assert found.flip is not None
    before, after, nearer = (
        saving_usd(case), saving_usd(put(case, found.flip)),
        saving_usd(put(case, found.flip + (found.expected - found.flip) * 0.02)),
    )  # fmt: skip
    assert before is not None
    assert after is not None
    assert nearer is not None
    assert before > 0 >= after
    assert nearer > 0


def test_days_of_work_flip_where_they_cost_what_is_saved() -> None:
    scenario = paper(prices=ONE_BY_ONE)
    free = replace(PLANNED, effort_days=exactly(0))
    running = saving_usd((scenario, free))
    assert running is not None
    found = next(each for each in tornado(scenario, PLANNED) if each.key == "plan: days of work")
    assert found.flip == pytest.approx(running * 24 / 600, rel=2e-3)


def test_limits_of_a_figure_hold_in_the_search() -> None:
    case = (_uncertain(), PLANNED)
    limits = {each.key: each.limits for each in uncertain_inputs(case)}
    assert limits["organization: people.on_cost_factor"].least == 1
    assert limits["organization: capacity.spot_lost_work_fraction"].most == 0.95
    for each in tornado(*case):
        if each.flip is not None:
            within = limits[each.key]
            assert max(within.least, each.expected / SEARCHED) <= each.flip <= within.most


def test_nothing_planned_moves_nothing() -> None:
    assert tornado(_uncertain(), Setup()) == ()


def test_an_unpriced_plan_has_no_tornado() -> None:
    scenario = paper(prices=ONE_BY_ONE)
    prices = scenario.price_lists["cloud"]
    instances = tuple(replace(each, spot_usd_per_hour=None) for each in prices.instances)
    lists = {"cloud": replace(prices, instances=instances)}
    assert saving_usd((replace(scenario, price_lists=lists), PLANNED)) is None
    assert tornado(replace(scenario, price_lists=lists), PLANNED) == ()
