"""Unit costs: a bill divided by what was asked for."""

from __future__ import annotations

import pytest

from advisor.projection.result import Bill, Component, Estimate, LineItem
from advisor.projection.unit_costs import emissions_kg, unit_costs, use_total
from tests.support.bills import PAYER, WORK, changed, exactly


def line(component: Component, usd: float | None, share: float | None) -> LineItem:
    cost = None if usd is None else Estimate(usd / 2, usd, usd * 2)
    missing = None if cost else "price of something: not known"
    return LineItem(
        component, "a line", cost, "units", cost, cost, "", missing, serving_share=share
    )


BILL = Bill(
    (
        line("training_and_deployment", 1_000.0, 1.0),
        line("training_and_deployment", 300.0, 0.0),
        line("hardware", 400.0, 0.75),
        line("data", 100.0, None),
        line("human", 8_000.0, None),
    )
)
TALK = changed(WORK, "serving", prompt_tokens=900, output_tokens=100)


def test_computing_is_shared_and_sums_to_itself() -> None:
    assert use_total(BILL, "serving").expected == 1_000 + 0.75 * 400
    assert use_total(BILL, "training").expected == 300 + 0.25 * 400


def test_each_is_its_cost_over_its_count() -> None:
    found = unit_costs(BILL, None, TALK, PAYER)
    assert found.usd_per_1000_requests == Estimate(650 / 2_000, 1_300 / 2_000, 2_600 / 2_000)
    assert found.usd_per_1000_requests_all is not None
    assert found.usd_per_1000_requests_all.expected == 9_800 / 2_000
    # 2 million requests of 1,000 tokens are 2,000 million tokens.
    assert found.usd_per_million_tokens is not None
    assert found.usd_per_million_tokens.expected == pytest.approx(1_300 / 2_000)
    assert found.usd_per_training_run is not None
    assert found.usd_per_training_run.expected == 400 / 2


def test_nothing_asked_for_has_no_unit_cost() -> None:
    idle = changed(changed(WORK, "serving", requests_per_month=0.0), "training", runs_per_month=0.0)
    found = unit_costs(BILL, None, idle, PAYER)
    assert found.usd_per_1000_requests is None
    assert found.usd_per_million_tokens is None
    assert found.usd_per_training_run is None


def test_no_tokens_no_price_of_a_token() -> None:
    assert unit_costs(BILL, None, WORK, PAYER).usd_per_million_tokens is None


def test_an_unknown_price_is_named() -> None:
    found = unit_costs(Bill((*BILL.lines, line("hardware", None, 1.0))), None, WORK, PAYER)
    assert found.missing == ("price of something: not known",)


def test_emissions_are_energy_times_overhead_times_grid() -> None:
    found = emissions_kg(Estimate(500, 1_000, 2_000), PAYER)
    # 1,000 kWh and 400 for the hosts, x 1.5 x 400 g.
    assert found == Estimate(420.0, 840.0, 1_680.0)


def test_emissions_are_unknown_without_power_or_grid() -> None:
    assert emissions_kg(None, PAYER) is None
    dark = changed(PAYER, "energy", grid_gco2e_per_kwh=None)
    assert emissions_kg(Estimate(1, 1, 1), dark) is None
    bare = changed(PAYER, "ownership", host_power_fraction=None)
    assert emissions_kg(Estimate(1, 1, 1), bare) is None
    clean = changed(PAYER, "energy", grid_gco2e_per_kwh=exactly(0))
    assert emissions_kg(Estimate(1, 1, 1), clean) == Estimate(0, 0, 0)
