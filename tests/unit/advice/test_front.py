"""The front of cost against quality: nothing on it is beaten, and nothing off it beats it."""

from __future__ import annotations

import itertools

import numpy as np

from advisor.advice.front import pareto_front
from advisor.advice.goal import Goal
from advisor.projection.engine import evaluate
from advisor.strategies.selection import Selection, every_choice, setup_for
from tests.support.profiles import encoder
from tests.support.scenarios import scenario
from tests.support.selections import combined

OF = scenario(
    encoder(), "a100-80-sxm",
    settings=["serving.requests_per_month=5e10", "training.runs_per_month=0"],
)  # fmt: skip
CHOICES = {
    slug: every_choice()[slug]
    for slug in ("bf16", "int8-dynamic", "torch-compile", "structured-pruning")
}


def _every() -> list[Selection]:
    picked = itertools.product(*((None, *levels) for levels in CHOICES.values()))
    tried = [combined(choice for choice in each if choice is not None) for each in picked]
    return [chosen for chosen in tried if chosen is not None]


def test_the_front_is_what_enumeration_finds() -> None:
    points = list(pareto_front(OF, CHOICES))
    costs = [point.usd_per_month for point in points]
    drops = [point.quality_drop.expected for point in points]
    assert len(points) >= 3
    assert costs == sorted(costs)
    assert drops == sorted(drops, reverse=True)
    every = _every()
    usd = evaluate(OF, [setup_for(each) for each in every]).usd_per_month
    lost = np.array([setup_for(each).quality_drop.expected for each in every])
    for cost, drop in zip(costs, drops, strict=True):
        assert not np.any((usd < cost - 0.01) & (lost <= drop + 1e-9))
        assert not np.any((usd <= cost + 1e-6) & (lost < drop - 1e-5))


def test_points_say_whether_they_keep_the_floor() -> None:
    points = list(pareto_front(OF, CHOICES))
    floor = OF.workload.quality.max_drop
    assert {point.keeps_floor for point in points} == {True, False}
    for point in points:
        assert point.keeps_floor == (point.quality_drop.expected <= floor + 1e-6)


def test_limits_on_the_work_hold_for_every_point() -> None:
    points = list(pareto_front(OF, CHOICES, Goal(max_days=3.0)))
    assert points
    assert all(point.effort_days.expected <= 3.0 for point in points)
