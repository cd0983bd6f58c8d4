"""Hours of a run under training code that is slower than a well-tuned one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog.quantity import Quantity
from advisor.projection.engine import evaluate, evaluate_cases
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from tests.support.profiles import decoder
from tests.support.scenarios import scenario


def reaching(share: Quantity) -> Scenario:
    given = scenario(decoder(layers=4), "a100-80-sxm", "fine-tuning")
    capacity = replace(given.organization.capacity, training_efficiency=share)
    return replace(given, organization=replace(given.organization, capacity=capacity))


def test_half_the_speed_takes_twice_the_hours_and_no_longer_step() -> None:
    tuned, slower = (
        evaluate(reaching(Quantity.exact(share)), [Setup()]).trained for share in (1.0, 0.5)
    )
    assert slower.accelerator_hours[0] == pytest.approx(2 * tuned.accelerator_hours[0])
    assert slower.step_s[0] == tuned.step_s[0]


def test_the_cheap_end_is_the_tuned_code() -> None:
    tuned = evaluate_cases(reaching(Quantity.exact(1.0)), [Setup()])
    unknown = evaluate_cases(reaching(Quantity(low=0.4, expected=0.7, high=1.0)), [Setup()])
    ratios = [
        one.trained.accelerator_hours[0] / other.trained.accelerator_hours[0]
        for one, other in zip(unknown, tuned, strict=True)
    ]
    assert ratios == pytest.approx([1.0, 1 / 0.7, 1 / 0.4])
