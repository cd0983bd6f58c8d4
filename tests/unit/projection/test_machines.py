"""Which machines are rented, and what of them is paid for beside what is needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.pricing import Instance
from advisor.projection.cost_compute import REST
from advisor.projection.engine import evaluate
from advisor.projection.machines import Running, rent
from advisor.projection.prices import hourly_prices
from advisor.projection.project import project
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from tests.support.bills import PAYER, PRICES, SOURCE, WORK, changed, paper
from tests.support.profiles import encoder
from tests.support.scenarios import scenario


def offered(*sizes_and_usd: tuple[float, float]) -> Scenario:
    """Machines of so many accelerators at so much for one of them."""
    instances = tuple(
        Instance(
            f"{size:g} at {usd:g}", "card", size, "here", SOURCE, on_demand_usd_per_hour=size * usd
        )
        for size, usd in sizes_and_usd
    )
    return replace(paper(), price_lists={"cloud": replace(PRICES, instances=instances)})


def paid(
    given_scenario: Scenario, accelerators: float, *, shared: bool = False
) -> tuple[str, float]:
    """The machine that is rented, and USD an hour."""
    running = Running.always(np.array([accelerators]), np.array([shared]))
    found = rent(hourly_prices(given_scenario, "on-demand"), running)
    price = found.prices[int(found.which[0])]
    assert price.usd is not None
    return price.basis.split(" on-demand")[0], accelerators * float(
        found.paid_over_needed[0]
    ) * price.usd.expected


@pytest.mark.parametrize(
    ("accelerators", "machine", "usd"),
    [
        (1, "cloud 1 at 3", 3.0),  # not an eighth of the large one
        (2, "cloud 1 at 3", 6.0),
        (6, "cloud 8 at 2", 16.0),  # six small ones would cost 18
        (8, "cloud 8 at 2", 16.0),
        (9, "cloud 1 at 3", 27.0),  # two large ones would cost 32
    ],
)
def test_the_machines_that_cost_least_whole_are_rented(
    accelerators: float, machine: str, usd: float
) -> None:
    rented, costs = paid(offered((8, 2), (1, 3)), accelerators)
    assert rented == machine
    assert costs == pytest.approx(usd)


def test_the_rest_of_a_shared_machine_is_for_others() -> None:
    assert paid(offered((8, 2), (1, 3)), 1 / 7, shared=True)[1] == pytest.approx(2 / 7)


def test_a_part_of_a_card_is_no_larger_machine() -> None:
    """A sixth of a card is on offer: a whole one takes six of them."""
    assert paid(offered((0.1667, 2)), 1)[1] == pytest.approx(2)


def test_what_a_cheaper_machine_makes_up_is_not_offered() -> None:
    prices = hourly_prices(offered((2, 1), (4, 1.5), (1, 2), (3, 1.2)), "on-demand")
    assert [price.at_once for price in prices] == [2, 3, 1]


@given(
    st.lists(st.tuples(st.sampled_from([1.0, 2.0, 4.0, 8.0]), st.floats(0.1, 10)), min_size=1),
    st.integers(1, 64), st.integers(0, 64),
)  # fmt: skip
def test_more_accelerators_never_cost_less(
    machines: list[tuple[float, float]], few: int, more: int
) -> None:
    given_scenario = offered(*machines)
    assert paid(given_scenario, few)[1] <= paid(given_scenario, few + more)[1] * (1 + 1e-9)


def test_whole_machines_follow_the_day() -> None:
    """Five accelerators for a quarter of the day and one for the rest, on machines of four."""
    running = Running(np.array([[5.0, 1.0]]), np.array([[0.25, 0.75]]), np.array([False]))
    found = running.paid_over_needed(4)
    assert found == pytest.approx((8 * 0.25 + 4 * 0.75) / (5 * 0.25 + 1 * 0.75))


def test_the_line_says_what_each_setup_rents() -> None:
    """One replica is on a small machine, seven a large one; each line names its own."""
    given_scenario = offered((8, 2), (1, 3))
    work = changed(WORK, "training", runs_per_month=0)
    for spare, machine in ((0, "1 at 3"), (6, "8 at 2")):
        asked = changed(work, "serving", requests_per_month=1.0, redundant_replicas=spare)
        (found,) = project(replace(given_scenario, workload=asked), [Setup()])
        serving = next(line for line in found.bill.lines if line.name == "serving, on-demand")
        assert machine in serving.formula
        assert any(machine in each.origin for each in serving.inputs)
        rest = [line for line in found.bill.lines if REST in line.name]
        assert len(rest) == (spare > 0)
        hours = sum(line.quantity.expected for line in (serving, *rest) if line.quantity)
        assert hours == pytest.approx(730 * (8 if spare else 1))


def test_one_accelerator_on_spot_is_not_an_eighth_of_a_large_machine() -> None:
    """AWS lists spot machines of eight A100 alone, GCP single ones too."""
    clouds = 'rental.clouds=["aws"]', 'rental.clouds=["aws", "gcp"]'
    spot = Setup(serving_purchase="spot")
    asked = "serving.requests_per_month=1000"
    eight, one = (
        project(scenario(encoder(), "a100-40-sxm", settings=(cloud, asked)), [spot])[0]
        for cloud in clouds
    )
    assert any(REST in line.name for line in eight.bill.lines)
    assert not any(REST in line.name for line in one.bill.lines)
    assert eight.bill.total().expected > one.bill.total().expected


def test_owned_hardware_is_bought_one_by_one() -> None:
    payer = changed(PAYER, "rental", purchase_option="owned")
    (found,) = project(paper(payer), [Setup()])
    assert not any(REST in line.name for line in found.bill.lines)


def test_a_run_of_one_s_own_has_all_its_accelerators_at_once() -> None:
    """Eight ranks train for some hours a month: eight are bought, not the few hours' worth."""
    settings = "serving.requests_per_month=0", "training.runs_per_month=0.1"
    asked = scenario(encoder(), "h100-sxm", "medical-diagnosis", "on-premises-enterprise", settings)
    bought = evaluate(asked, [Setup(), Setup(data_parallel=8)]).fleet.owned_accelerators
    assert list(bought) == [1, 8]


@pytest.mark.parametrize("owner", ["cloud-startup", "on-premises-enterprise"])
def test_training_alone_is_never_busier_than_its_hours(owner: str) -> None:
    """Lost work and standing still are paid for too."""
    asked = scenario(encoder(), "h100-sxm", "pre-training", owner)
    (found,) = project(asked, [Setup()])
    assert found.utilisation is not None
    assert found.utilisation.high <= 1
