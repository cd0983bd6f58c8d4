"""A day of demand, and what a fleet that follows it is paid for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.workload import Serving
from advisor.errors import CatalogError
from advisor.projection.capacity import Fleet
from advisor.projection.day import curve, default_curve, scaling, standing
from advisor.projection.engine import evaluate
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from tests.support.bills import PAYER, WORK, changed, paper
from tests.support.profiles import encoder
from tests.support.scenarios import scenario

HALF_A_DAY = (*[1 / 12] * 12, *[0.0] * 12)
delays = st.floats(0, 120)
demands = st.floats(0, 1e10)
peaks = st.floats(1, 60)


def share(serving: Serving, rate: float, *setups: Setup) -> list[float]:
    """Of a fleet that stands all day; a replica answers one request a second."""
    return list(standing(serving, rate, np.ones(len(setups)), scaling(setups)).hours_of_peak)


def after(delay: float, idle: float | None = None) -> Setup:
    return Setup(autoscaling_delay_minutes=delay, scale_to_zero_after_minutes=idle)


def fleet(requests: float, peak: float, *setups: Setup) -> Fleet:
    serving = {"requests_per_month": requests, "peak_to_mean": peak}
    return evaluate(paper(work=changed(WORK, "serving", **serving)), setups).fleet


@given(st.floats(1, 24))
def test_the_default_day_has_the_peak_that_was_asked_for(peak: float) -> None:
    shape = np.array(default_curve(peak))
    assert shape.mean() == pytest.approx(1)
    assert shape.max() == pytest.approx(peak, rel=1e-3)


def test_replicas_follow_the_hours_on_paper() -> None:
    """Twelve hours at 8 requests a second take 8 replicas, the others the one that stays."""
    serving = Serving(1.0, hourly_shares=HALF_A_DAY)
    found = share(serving, 4.0, Setup(), after(0), after(30), after(0, 15))
    # Half an hour ahead, eight replicas stand for 12.5 hours.
    worked = [1, (12 * 8 + 12) / 192, (12.5 * 8 + 11.5) / 192, 12 * 8 / 192]
    assert found == pytest.approx(worked)


def test_given_hours_set_the_peak() -> None:
    serving = Serving(1.0, hourly_shares=HALF_A_DAY)
    assert serving.peak == pytest.approx(2)
    assert curve(serving).max() == pytest.approx(2)
    assert replace(serving, peak_to_mean=5).peak == 5


def test_a_model_rarely_asked_for_is_up_a_little_after_each_request() -> None:
    """A request an hour, kept for 15 minutes: up for 1 - exp(-1/4) of the time."""
    found = share(Serving(1.0), 1 / 3600, after(0), after(0, 15))
    assert found == pytest.approx([1, 1 - np.exp(-0.25)])


@given(demands, peaks, delays)
def test_following_is_never_dearer_in_hours_and_never_smaller_at_the_peak(
    requests: float, peak: float, delay: float
) -> None:
    found = fleet(requests, peak, Setup(), after(0), after(delay), after(delay, 15))
    fixed, at_once, late, to_zero = found.serving_hours
    assert at_once <= late * (1 + 1e-9)
    assert to_zero <= late * (1 + 1e-9)
    assert late <= fixed * (1 + 1e-9)
    assert len(set(found.serving_accelerators)) == 1


@given(demands, st.floats(1, 3), peaks, delays)
def test_more_demand_never_takes_fewer_hours(
    requests: float, more: float, peak: float, delay: float
) -> None:
    setups = (Setup(), after(delay), after(delay, 15))
    few, many = fleet(requests, peak, *setups), fleet(requests * more, peak, *setups)
    assert np.all(few.serving_hours <= many.serving_hours * (1 + 1e-9))
    assert np.all(few.owned_accelerators <= many.owned_accelerators)


@given(st.floats(1, 1e10), peaks)
def test_capacity_is_what_the_peak_needs(requests: float, peak: float) -> None:
    work = changed(WORK, "serving", requests_per_month=requests, peak_to_mean=peak)
    found = evaluate(paper(work=work), [Setup(), after(5)])
    rate = requests / (730 * 3600) * peak
    able = found.fleet.serving_accelerators / found.served.accelerators
    able = able * found.served.requests_per_s * PAYER.capacity.target_utilisation
    assert np.all(able >= rate * (1 - 1e-9))


def test_what_is_reserved_is_paid_for_when_scaled_down() -> None:
    given_scenario: Scenario = paper(work=changed(WORK, "serving", requests_per_month=3e9))
    reserved = Setup(serving_purchase="reserved")
    following = replace(reserved, autoscaling_delay_minutes=0.0)
    whole, less = evaluate(given_scenario, [reserved, following]).usd_per_month
    assert less == pytest.approx(whole)


def test_lost_work_takes_accelerators_of_one_s_own() -> None:
    work = changed(WORK, "training", samples=1e9)
    safe = changed(PAYER, "capacity", failed_work_fraction=PAYER.energy.usd_per_kwh.exact(0.0))
    lost = changed(PAYER, "capacity", failed_work_fraction=PAYER.energy.usd_per_kwh.exact(0.5))
    few, many = (
        evaluate(paper(payer, work), [Setup()]).fleet.owned_accelerators[0]
        for payer in (safe, lost)
    )
    assert many > 1.5 * few


@pytest.mark.parametrize(
    ("shares", "says"),
    [("[0.5, 0.5]", "has 2 shares; a day has 24"), (str([0.05] * 24), "sum to 1.2")],
)
def test_a_curve_that_is_no_day_is_refused(shares: str, says: str) -> None:
    with pytest.raises(CatalogError, match=says):
        scenario(encoder(), settings=[f"serving.hourly_shares={shares}"])
