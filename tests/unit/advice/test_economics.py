"""Payback, present value and break-even as arithmetic on paper."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.advice.break_even import break_even
from advisor.advice.economics import economics, net_present_value_usd, payback_months
from advisor.catalog.organization import Finance
from advisor.catalog.quantity import Quantity
from advisor.projection.project import project
from advisor.projection.setup import Setup
from tests.support.bills import ONE_BY_ONE, PAYER, exactly, paper

TEN_DAYS = Setup(serving_purchase="spot", effort_days=exactly(10))


def test_payback_and_present_value_by_hand() -> None:
    assert payback_months(6_000, 1_500) == 4
    # 12% a year is 1.12^(1/12) a month; three months of 1,500 USD against 4,000 USD today.
    month = 1.12 ** (1 / 12)
    worth = 1_500 / month + 1_500 / month**2 + 1_500 / month**3 - 4_000
    assert net_present_value_usd(4_000, 1_500, 0.12, 3) == pytest.approx(worth)
    half = worth + 1_500 * 0.5 / 1.12 ** (3.5 / 12)
    assert net_present_value_usd(4_000, 1_500, 0.12, 3.5) == pytest.approx(half)
    assert net_present_value_usd(4_000, 1_500, 0.0, 3) == 500


def test_what_saves_nothing_is_never_paid_back_and_what_costs_nothing_at_once() -> None:
    assert payback_months(1, 0) == math.inf
    assert payback_months(1, -5) == math.inf
    assert payback_months(0, -5) == 0


def test_ten_days_of_an_engineer_for_spot_machines() -> None:
    payer = replace(PAYER, finance=Finance(exactly(0.1)))
    scenario = paper(payer)
    before, after = (each.bill for each in project(scenario, [Setup(), TEN_DAYS]))
    found = economics(scenario, before, after)
    days = 10 * 120_000 * 1.25 / 250
    assert found.up_front_usd.expected == pytest.approx(days)
    # The bill spreads the ten days over 24 months; the running saving is without them.
    saving = before.total().expected - after.total().expected + days / 24
    assert found.saving_usd_per_month is not None
    assert found.saving_usd_per_month.expected == pytest.approx(saving)
    assert saving > 0
    assert found.payback_months is not None
    assert found.payback_months.expected == pytest.approx(days / saving)
    assert found.return_fraction is not None
    assert found.return_fraction.expected == pytest.approx((24 * saving - days) / days)
    worth = sum(saving / 1.1 ** (month / 12) for month in range(1, 25)) - days
    assert found.net_present_value_usd is not None
    assert found.net_present_value_usd.expected == pytest.approx(worth)


def test_without_a_discount_rate_there_is_no_present_value() -> None:
    scenario = paper()
    before, after = (each.bill for each in project(scenario, [Setup(), TEN_DAYS]))
    found = economics(scenario, before, after)
    assert found.net_present_value_usd is None
    assert found.payback_months is not None


def test_a_price_that_only_one_setup_needs_leaves_the_saving_unknown() -> None:
    scenario = paper()
    lists = {"cloud": replace(scenario.price_lists["cloud"], instances=(
        replace(scenario.price_lists["cloud"].instances[0], spot_usd_per_hour=None),
    ))}  # fmt: skip
    unpriced = replace(scenario, price_lists=lists)
    before, after = (each.bill for each in project(unpriced, [Setup(), TEN_DAYS]))
    found = economics(unpriced, before, after)
    assert found.saving_usd_per_month is None
    assert found.payback_months is None
    assert found.return_fraction is None
    assert found.up_front_usd.expected == pytest.approx(6_000)


def test_the_low_end_is_the_worst_for_the_plan() -> None:
    payer = replace(PAYER, finance=Finance(Quantity(0.1, 0.05, 0.2)))
    setup = replace(TEN_DAYS, effort_days=Quantity(10, 5, 20))
    scenario = paper(payer)
    before, after = (each.bill for each in project(scenario, [Setup(), setup]))
    found = economics(scenario, before, after)
    assert found.net_present_value_usd is not None
    assert found.net_present_value_usd.low < found.net_present_value_usd.expected
    assert found.net_present_value_usd.expected < found.net_present_value_usd.high
    assert found.payback_months is not None
    assert found.payback_months.low < found.payback_months.expected < found.payback_months.high


def test_break_even_of_one_card_against_two_dollars_an_hour() -> None:
    serving_alone = replace(
        paper().workload, training=replace(paper().workload.training, runs_per_month=0)
    )
    scenario = paper(work=serving_alone, prices=ONE_BY_ONE)
    found = break_even(scenario, Setup())
    assert found is not None
    assert found.accelerators == 1
    # A card of 20,000 USD, half as much again for its host.
    assert found.purchase_usd == pytest.approx(30_000)
    assert found.rented_usd_per_month == pytest.approx(2 * 730)
    written_off = 30_000 * (1 - 0.1) / 48
    energy = project(scenario, [Setup(serving_purchase="owned")])[0].bill
    power = next(line for line in energy.lines if line.name == "energy").usd_per_month
    assert power is not None
    running = 30_000 * 0.04 / 12 + 0.7 * 150 + power.expected
    assert found.owned_usd_per_month == pytest.approx(written_off + running)
    assert found.months == pytest.approx(30_000 / (2 * 730 - running))
    assert found.utilisation == pytest.approx((written_off + running) / (2 * 730))
    assert found.missing == ()
    # On a machine of four for 8 USD an hour, an hour of the one that is needed costs 8.
    alone = break_even(paper(work=serving_alone), Setup())
    assert alone is not None
    assert alone.rented_usd_per_month == pytest.approx(8 * 730)
    assert alone.utilisation == pytest.approx((written_off + running) / (8 * 730))


def test_a_card_whose_price_is_not_known_breaks_even_nowhere() -> None:
    scenario = paper()
    found = break_even(
        replace(scenario, hardware=replace(scenario.hardware, purchase=None)), Setup()
    )
    assert found is not None
    assert found.months is None
    assert found.utilisation is None
    assert found.missing == ("purchase price of card: not in the catalogue",)
