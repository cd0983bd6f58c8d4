"""The cheapest setup among all combinations of strategies, exactly.

A bill is that of serving and that of all the rest, which share a few knobs (`projection.parts`).
For each combination of the strategies that concern both, the two sides are evaluated apart, each
once for what it can tell apart, and joined. What they cost together is no less than serving alone
and what the rest adds to nothing: owned hardware is bought for both at once, so only its energy
counts in that bound. Combinations are evaluated whole by rising bound until it passes the best.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.advice.space import SERVING, TRAINING, Choices, Row, Space
from advisor.catalog.quantity import Quantity
from advisor.projection.engine import (
    Evaluation,
    evaluate,
    feasible,
    serving_feasible,
    training_feasible,
)
from advisor.projection.lines import CostLine
from advisor.projection.operators import Flags, Floats
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.strategies.selection import Selection, setup_for

CHUNK = 64
"""Whole setups evaluated at once."""
CENT_PARTS = 6
"""Decimals of a dollar that two bills have to agree in to cost the same."""
ROUNDING = 1e-5
"""USD that sums in another order may differ by, with room to spare."""


@dataclass(frozen=True)
class Found:
    """The cheapest feasible selection; the empty one where none is feasible."""

    chosen: Selection
    usd_per_month: float
    feasible: bool
    setups: int
    evaluated: int
    """Setups evaluated whole."""
    parts: int = 0
    """Sides of setups evaluated for the bounds."""


@dataclass(frozen=True)
class Certificate:
    """How far a plan is from the true minimum over every setup, rules or no rules.

    `setups` are all combinations without a conflict, `pruned` those that the bounds left out.
    Distances are in USD per month of the expected bill.
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


def _unpriced(line: CostLine) -> Flags:
    return np.asarray(np.isnan(line.usd_per_month) & (line.quantity != 0))


def _comparable(evaluation: Evaluation, lacking: Collection[str | None]) -> Flags:
    """Whether each setup's bill lacks no price beside those of `lacking`."""
    further = [_unpriced(line) for line in evaluation.lines if line.missing not in lacking]
    return np.asarray(~np.any(further, axis=0))


@dataclass(frozen=True)
class _Costs:
    """What rows of one side cost, arrays of shape (rows,); USD a month without days of work.

    Owned hardware is bought for both sides at once, in whole slices: of two rows with the same
    slices, the one that takes no more of it and costs no more beside it costs no more with any row
    of the other side.
    """

    floors: Floats
    """What a row adds at the least; inf where it cannot be used."""
    beside: Floats
    """The same without owned hardware."""
    takes: Floats
    """Of owned hardware; 0 where none is owned."""
    slices: Floats
    """0 where none is owned."""

    def of(self, rows: list[int]) -> _Costs:
        return _Costs(*(values[rows] for values in vars(self).values()))


@dataclass(frozen=True)
class _Side:
    """The rows of one side that it can tell apart."""

    costs: _Costs
    where: dict[object, int]
    names: Sequence[str]

    def costs_of(self, rows: Sequence[Row]) -> _Costs:
        return self.costs.of([self.where[row.values(self.names)] for row in rows])


def best_setup(scenario: Scenario, choices: Choices) -> Found:
    """The cheapest feasible combination of `choices`; of equals the fewest, then by slug.

    A combination whose bill lacks a price that the bill with nothing on does not lack is passed
    over: an unknown price is not a low one. Where none is feasible, not even with nothing on, the
    cheapest infeasible one is of no use: the empty selection is returned and said to be infeasible.
    """
    space = Space.of(choices)
    most = scenario.workload.quality.max_drop + 1e-9
    nothing = evaluate(scenario, [Setup()])
    lacking = frozenset(line.missing for line in nothing.lines if _unpriced(line).any())
    search = _Search(scenario, space, lacking, most)
    best, evaluated = search.run()
    if best is None:
        return Found(
            (), float(nothing.usd_per_month[0]), False, space.size, evaluated, search.parts
        )
    cost, row = best
    return Found(row.chosen, cost, True, space.size, evaluated, search.parts)


@dataclass(frozen=True)
class _Pair:
    """Rows of both sides under one combination of the shared strategies, and their bounds."""

    serving: list[Row]
    rest: list[Row]
    bounds: Floats
    """(serving, rest), inf where they break the floor on quality together."""


class _Search:
    def __init__(
        self, scenario: Scenario, space: Space, lacking: Collection[str | None], most_drop: float
    ) -> None:
        self._scenario, self._space, self._most = scenario, space, most_drop
        self._lacking = lacking
        self._usd_per_day = _usd_per_day(scenario)
        self._shared = space.combined(space.shared, most_drop)
        own = {side: space.combined(side, most_drop) for side in (space.serving, space.rest)}
        self._rows = [
            (
                [shared.beside(row) for row in own[space.serving] if shared.agrees(row)],
                [row for row in own[space.rest] if shared.agrees(row)],
                shared,
            )
            for shared in self._shared
        ]
        serving = [row for rows, _, _ in self._rows for row in rows]
        rest = [shared.beside(row) for _, rows, shared in self._rows for row in rows]
        self._serving = self._evaluated(serving, SERVING, "serving")
        self._rest = self._evaluated(rest, TRAINING, "rest")
        self.parts = len(self._serving.where) + len(self._rest.where)

    def _evaluated(self, rows: Sequence[Row], names: Sequence[str], side: str) -> _Side:
        where: dict[object, int] = {}
        setups: list[Setup] = []
        for row in rows:
            values = row.values(names)
            if values not in where:
                where[values] = len(setups)
                setups.append(Setup(**dict(values)))  # type: ignore[arg-type]  # names of knobs
        costs = _serving_costs if side == "serving" else _rest_costs
        return _Side(costs(self._scenario, setups, self._lacking), where, names)

    def run(self) -> tuple[tuple[float, Row] | None, int]:
        pairs = [self._pair(*rows) for rows in self._rows]
        pairs.sort(key=lambda pair: pair.bounds.min(initial=np.inf))
        best: tuple[float, Row] | None = None
        evaluated = 0
        for pair in pairs:
            for bound, rows in _by_bound(pair):
                if not np.isfinite(bound) or (best and bound > best[0] + ROUNDING):
                    break
                evaluated += len(rows)
                best = self._better(best, rows)
        return best, evaluated

    def _pair(self, serving: list[Row], rest: list[Row], shared: Row) -> _Pair:
        one = self._unbeaten(serving, self._serving.costs_of(serving))
        two = self._unbeaten(rest, self._rest.costs_of([shared.beside(row) for row in rest]))
        bounds = one[1][:, None] + two[1][None, :]
        drop = np.array([row.drop for row in one[0]])[:, None] + np.array(
            [row.drop for row in two[0]]
        )
        return _Pair(one[0], two[0], np.where(drop <= self._most, bounds, np.inf))

    def _unbeaten(self, rows: list[Row], costs: _Costs) -> tuple[list[Row], Floats]:
        """Those that no other beats in cost, in quality and in rank; with their floors."""
        work = np.array([row.days for row in rows]) * self._usd_per_day
        cost, drop = costs.beside + work, np.array([row.drop for row in rows])
        places = sorted(range(len(rows)), key=lambda each: rows[each].rank)
        rank = np.argsort(places)
        kept: list[int] = []
        for each in np.lexsort((rank, costs.takes, drop, cost)):
            no_worse = (
                (costs.takes[kept] <= costs.takes[each])
                & (costs.slices[kept] == costs.slices[each])
                & (drop[kept] <= drop[each])
                & ((cost[kept] + ROUNDING < cost[each]) | (rank[kept] < rank[each]))
            )
            if np.isfinite(costs.floors[each]) and not no_worse.any():
                kept.append(int(each))
        return [rows[each] for each in kept], (costs.floors + work)[kept]

    def _better(self, best: tuple[float, Row] | None, rows: list[Row]) -> tuple[float, Row] | None:
        evaluation = evaluate(self._scenario, [setup_for(row.chosen) for row in rows])
        usable = feasible(self._scenario, evaluation) & _comparable(evaluation, self._lacking)
        found = [
            (round(float(cost), CENT_PARTS), row)
            for cost, row, kept in zip(evaluation.usd_per_month, rows, usable, strict=True)
            if kept
        ]
        return min(
            [*found, *([best] if best else [])],
            key=lambda each: (each[0], each[1].rank), default=None,
        )  # fmt: skip


def _by_bound(pair: _Pair) -> Iterator[tuple[float, list[Row]]]:
    """Whole setups by rising bound, with the least bound of each batch."""
    columns = max(pair.bounds.shape[1], 1)
    flat = pair.bounds.ravel()
    order = np.argsort(flat, kind="stable")
    for start in range(0, len(order), CHUNK):
        rows = [
            pair.serving[place // columns].beside(pair.rest[place % columns])
            for place in order[start : start + CHUNK]
            if np.isfinite(flat[place])
        ]
        yield float(flat[order[start]]), rows


def _usd_per_day(scenario: Scenario) -> float:
    one = evaluate(scenario, [Setup(), Setup(effort_days=Quantity.exact(1.0))]).usd_per_month
    return float(one[1] - one[0])


def _without(scenario: Scenario, *, serving: bool = False, training: bool = False) -> Scenario:
    workload = scenario.workload
    if serving:
        workload = replace(workload, serving=replace(workload.serving, requests_per_month=0))
    if training:
        workload = replace(workload, training=replace(workload.training, runs_per_month=0))
    return replace(scenario, workload=workload)


def _serving_costs(
    scenario: Scenario, setups: Sequence[Setup], lacking: Collection[str | None]
) -> _Costs:
    """The bill of each setup where nothing is trained."""
    alone = evaluate(_without(scenario, training=True), setups)
    usable = serving_feasible(scenario, alone) & _comparable(alone, lacking)
    owned = _owned(scenario, setups)
    return _Costs(
        floors=np.where(usable, alone.usd_per_month, np.inf),
        beside=_beside_hardware(alone, owned),
        takes=np.where(owned, alone.fleet.serving_accelerators, 0.0),
        slices=np.where(owned, alone.columns.slices, 0.0),
    )


def _rest_costs(
    scenario: Scenario, setups: Sequence[Setup], lacking: Collection[str | None]
) -> _Costs:
    """What training and data add to a bill, at the least, over the data of no strategy."""
    alone = evaluate(_without(scenario, serving=True), setups)
    nothing = _without(scenario, serving=True, training=True)
    plain = [replace(setup, deduplicated=False, labels_chosen=False) for setup in setups]
    owned = _owned(scenario, setups)
    added = _beside_hardware(alone, owned) - _beside_hardware(evaluate(nothing, plain), owned)
    usable = training_feasible(scenario, alone) & _comparable(alone, lacking)
    return _Costs(
        floors=np.where(usable, added, np.inf),
        beside=added,
        takes=np.where(owned, alone.fleet.training_hours, 0.0),
        slices=np.zeros(len(setups)),
    )


def _owned(scenario: Scenario, setups: Sequence[Setup]) -> Flags:
    usual = scenario.organization.rental.purchase_option
    return np.array([(setup.serving_purchase or usual) == "owned" for setup in setups])


def _beside_hardware(evaluation: Evaluation, owned: Flags) -> Floats:
    """The bill without what is bought once for serving and training together."""
    costs = [
        np.where(owned & (line.component == "hardware"), 0.0, np.nan_to_num(line.usd_per_month))
        for line in evaluation.lines
    ]
    return np.asarray(np.sum(costs, axis=0))


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
