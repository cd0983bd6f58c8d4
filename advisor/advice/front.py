"""The front of cost against quality: what each further share of quality at risk would save.

A setup is on the front where no other costs less and loses no more, as published or measured. The
points are found by the exact search: the cheapest setup of all, then the cheapest that loses less
than the one before, and so on until nothing is lost (the ε-constraint method: Haimes et al. 1971,
"On a bicriterion formulation").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from advisor.advice.certificate import usable_choices
from advisor.advice.goal import COST, Goal
from advisor.advice.permitted import guarded
from advisor.advice.rule import Finding
from advisor.advice.search import best_setup
from advisor.advice.space import Choices
from advisor.catalog.quantity import Quantity
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import Selection, setup_for

LEAST_STEP = 1e-6
"""Of a quality drop: two setups whose losses are nearer than this are one point."""
MOST_DROP = 0.2
"""Nobody ships a model that lost a fifth of its metric: the front starts there."""


@dataclass(frozen=True)
class FrontPoint:
    """A setup that no other beats in both cost and quality."""

    chosen: Selection
    usd_per_month: float
    """Expected."""
    quality_drop: Quantity
    """The share of the metric lost; the expected one orders the front."""
    effort_days: Quantity
    keeps_floor: bool
    """Whether the expected loss is within the workload's floor."""


def pareto_front(
    scenario: Scenario, choices: Choices, goal: Goal = COST, most_drop: float = MOST_DROP
) -> Iterator[FrontPoint]:
    """Points from the cheapest to what loses least, each dearer and losing less than the last.

    All of them keep the objectives, the memory and the limits of `goal`; those beyond the
    workload's floor on quality say so. The objective of `goal` is passed over: it is cost here.
    One exact search a point.
    """
    floor = scenario.workload.quality.max_drop
    limits = replace(goal, objective="cost")
    drop, last = max(most_drop, floor), None
    while (point := _cheapest(scenario, choices, limits, drop)) is not None:
        # Of two that cost the same the search prefers fewer strategies, not less loss.
        if last is not None and point.usd_per_month > last.usd_per_month:
            yield last
        last, drop = point, point.quality_drop.expected - LEAST_STEP
        if drop < 0:
            break
    if last is not None:
        yield last


def _cheapest(
    scenario: Scenario, choices: Choices, limits: Goal, most_drop: float
) -> FrontPoint | None:
    found = best_setup(_with_floor(scenario, most_drop), choices, limits)
    if not found.feasible:
        return None
    setup, floor = setup_for(found.chosen), scenario.workload.quality.max_drop
    return FrontPoint(
        found.chosen, found.usd_per_month, setup.quality_drop, setup.effort_days,
        keeps_floor=setup.quality_drop.expected <= floor + LEAST_STEP,
    )  # fmt: skip


def advised_front(
    scenario: Scenario, said: Sequence[Finding], goal: Goal = COST
) -> Iterator[FrontPoint]:
    """The front over every setup that the hardware can run and no rule forbids."""
    return pareto_front(scenario, guarded(usable_choices(scenario.hardware), said), goal)


def _with_floor(scenario: Scenario, max_drop: float) -> Scenario:
    workload = scenario.workload
    quality = replace(workload.quality, max_drop=max_drop)
    return replace(scenario, workload=replace(workload, quality=quality))
