"""The cheapest setup among many, by evaluating them all in batches of the engine.

Every combination of strategies and levels is a point; combinations that conflict are not in the
space. What one strategy costs in quality adds to what the others cost, so the branch of
combinations whose sum already breaks the floor is cut before it is evaluated: that bound is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.projection.engine import Evaluation, evaluate, feasible
from advisor.projection.lines import CostLine
from advisor.projection.operators import Flags
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.strategies.selection import Choice, Selection, conflict, setup_for

Choices = Mapping[str, tuple[Choice, ...]]
CHUNK = 256
"""Setups evaluated at once: large enough for numpy, small enough for the cache."""


@dataclass(frozen=True)
class Found:
    """The cheapest feasible selection; the empty one where none is feasible."""

    chosen: Selection
    usd_per_month: float
    feasible: bool
    setups: int
    evaluated: int


@dataclass(frozen=True)
class Certificate:
    """How far a plan is from the true minimum over every setup, rules or no rules.

    `setups` are all combinations without a conflict, `pruned` those left out by the quality
    bound. Distances are in USD per month of the expected bill.
    """

    setups: int
    evaluated: int
    pruned: int
    minimum_usd_per_month: float
    minimum_selection: Selection
    plan_usd_per_month: float
    minimum_is_feasible: bool = True
    """False where no setup at all keeps every constraint."""
    plan_is_feasible: bool = True

    @property
    def distance_usd_per_month(self) -> float | None:
        """None where the plan breaks a constraint: what it costs compares with nothing then."""
        if not self.plan_is_feasible:
            return None
        return self.plan_usd_per_month - self.minimum_usd_per_month

    @property
    def distance_fraction(self) -> float | None:
        distance = self.distance_usd_per_month
        if distance is None or self.minimum_usd_per_month == 0:
            return None
        return distance / self.minimum_usd_per_month


def _space(choices: Choices, slugs: Sequence[str]) -> int:
    """How many combinations of `slugs` at their levels have no conflict."""
    if not slugs:
        return 1
    first, rest = slugs[0], slugs[1:]
    beside = [slug for slug in rest if conflict(slug, (Choice(first),)) is None]
    without = _space(choices, rest)
    with_first = without if len(beside) == len(rest) else _space(choices, beside)
    return without + len(choices[first]) * with_first


def _within(choices: Choices, floor: float) -> list[tuple[Selection, Setup]]:
    """Every combination without a conflict whose expected loss keeps the floor, and its setup.

    A branch is cut where its loss, less all that the strategies to come could win back, is above
    the floor already.
    """
    # What costs quality comes first, so that branches are cut while they are few.
    slugs = sorted(choices, key=lambda slug: (not any(map(_expected_drop, choices[slug])), slug))
    won_back = [min(0.0, *map(_expected_drop, choices[slug])) for slug in slugs]
    clashing = {slug: _clashing(slug, slugs) for slug in slugs}
    kept: list[tuple[Selection, Setup]] = []

    def extend(index: int, chosen: Selection, setup: Setup) -> None:
        if setup.quality_drop.expected + sum(won_back[index:]) > floor:
            return
        if index == len(slugs):
            kept.append((tuple(sorted(chosen, key=lambda choice: choice.slug)), setup))
            return
        extend(index + 1, chosen, setup)
        if clashing[slugs[index]].isdisjoint(choice.slug for choice in chosen):
            for choice in choices[slugs[index]]:
                extend(index + 1, (*chosen, choice), setup_for((choice,), setup))

    extend(0, (), Setup())
    return kept


def _clashing(slug: str, slugs: Sequence[str]) -> frozenset[str]:
    """Those of `slugs` that `slug` cannot be combined with."""
    return frozenset(each for each in slugs if conflict(slug, (Choice(each),)) is not None)


def _expected_drop(choice: Choice) -> float:
    return choice.strategy.quality_drop(choice.all_levels()).expected


def _unpriced(line: CostLine) -> Flags:
    return np.asarray(np.isnan(line.usd_per_month) & (line.quantity != 0))


def _comparable(evaluation: Evaluation, lacking: Collection[str | None]) -> Flags:
    """Whether each setup's bill lacks no price beside those of `lacking`."""
    further = [_unpriced(line) for line in evaluation.lines if line.missing not in lacking]
    return np.asarray(~np.any(further, axis=0))


def best_setup(scenario: Scenario, choices: Choices) -> Found:
    """Evaluate every combination of `choices` and return the cheapest feasible one.

    A combination whose bill lacks a price that the bill with nothing on does not lack is passed
    over: an unknown price is not a low one. Where none is feasible, not even with nothing on, the
    cheapest infeasible one is of no use: the empty selection is returned and said to be infeasible.
    """
    choices = {slug: levels for slug, levels in choices.items() if levels}
    space = _space(choices, sorted(choices))
    kept = _within(choices, scenario.workload.quality.max_drop)
    nothing = evaluate(scenario, [Setup()])
    lacking = frozenset(line.missing for line in nothing.lines if _unpriced(line).any())
    best: tuple[float, int, Selection] | None = None
    for start in range(0, len(kept), CHUNK):
        chunk = kept[start : start + CHUNK]
        evaluation = evaluate(scenario, [setup for _, setup in chunk])
        usable = feasible(scenario, evaluation) & _comparable(evaluation, lacking)
        cost = np.where(usable, evaluation.usd_per_month, np.inf)
        index = int(np.argmin(cost))
        if np.isfinite(cost[index]):
            chosen = chunk[index][0]
            candidate = (round(float(cost[index]), 6), len(chosen), chosen)
            best = candidate if best is None else min(best, candidate, key=lambda each: each[:2])
    if best is None:
        return Found((), float(nothing.usd_per_month[0]), False, space, len(kept))
    return Found(best[2], best[0], True, space, len(kept))


def exact_minimum(scenario: Scenario, choices: Choices, plan: Found) -> Certificate:
    """The minimum over all of `choices` beside the cost of `plan`."""
    found = best_setup(scenario, choices)
    return Certificate(
        setups=found.setups,
        evaluated=found.evaluated,
        pruned=found.setups - found.evaluated,
        minimum_usd_per_month=found.usd_per_month,
        minimum_selection=found.chosen,
        plan_usd_per_month=plan.usd_per_month,
        minimum_is_feasible=found.feasible,
        plan_is_feasible=plan.feasible,
    )
