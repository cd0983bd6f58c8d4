"""What training further after pruning adds to the bill."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.projection.project import project
from advisor.projection.result import LineItem
from advisor.strategies.selection import parse_selection, setup_for
from tests.support.profiles import encoder
from tests.support.scenarios import scenario


def line(chosen: str, runs_per_month: float) -> LineItem | None:
    given = scenario(encoder(), "h100-sxm")
    training = replace(given.workload.training, runs_per_month=runs_per_month)
    given = replace(given, workload=replace(given.workload, training=training))
    bill = project(given, [setup_for(parse_selection(chosen))])[0].bill
    return next((each for each in bill.lines if each.name.startswith("recovery")), None)


def hours(chosen: str, runs_per_month: float) -> float:
    found = line(chosen, runs_per_month)
    assert found is not None
    assert found.quantity is not None
    return found.quantity.expected


def test_without_recovery_there_is_no_line() -> None:
    assert line("structured-pruning", 1.0) is None


def test_each_release_is_trained_again_and_steps_count() -> None:
    once = hours("recovery:steps=100", 1.0)
    assert once > 0
    assert hours("recovery:steps=1000", 1.0) == pytest.approx(10 * once)
    assert hours("recovery:steps=100", 4.0) == pytest.approx(4 * once)


def test_a_model_that_is_never_trained_again_is_recovered_once_in_the_horizon() -> None:
    months = scenario(encoder(), "h100-sxm").workload.horizon_months
    assert hours("recovery:steps=100", 0.0) == pytest.approx(
        hours("recovery:steps=100", 1.0) / months
    )
