"""The two sides of a bill, serving and all the rest, evaluated for the search.

Each is evaluated in two steps: first what it runs as, for time and memory, and then, for the runs
that no other beats, how it is paid for. A run that answers no fewer requests on no more hardware
costs no more however it is paid for, and so does training that takes no more hours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.advice.space import Row
from advisor.projection.engine import (
    Evaluation,
    evaluate,
    serving_feasible,
    training_feasible,
)
from advisor.projection.lines import CostLine
from advisor.projection.operators import Flags, Floats
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup

CHUNK = 256
"""Setups evaluated at once: large enough for numpy, small enough for the cache."""
ROUNDING = 1e-5
"""USD that sums in another order may differ by, with room to spare."""


@dataclass(frozen=True)
class Assessed:
    """What setups of one side come to; arrays of shape (setups,) and (setups, figures).

    Of two setups alike in `apart` the one that is no higher in any of `figures` costs no more,
    whatever else is on. `floor` is USD a month that it adds at the least; inf where it is unusable.
    """

    floor: Floats
    figures: Floats
    apart: Floats
    in_usd: bool = True
    """Whether the first figure is USD a month, to which days of work add."""


@dataclass(frozen=True)
class Candidates:
    """Combinations of one side's own strategies that no other beats, and USD a month at least."""

    rows: list[Row]
    floors: Floats


Assess = Callable[[Scenario, Sequence[Setup], Collection[str | None]], Assessed]


@dataclass
class Side:
    """One side under given combinations of the strategies that concern both sides."""

    scenario: Scenario
    lacking: Collection[str | None]
    usd_per_day: float
    runs: list[Row]
    pays: list[Row]
    run_knobs: Sequence[str]
    knobs: Sequence[str]
    assess_run: Assess
    assess: Assess
    evaluated: int = 0

    def under(self, shared: Sequence[Row]) -> list[Candidates]:
        """The candidates beside each of `shared`."""
        runs = [[run for run in self.runs if each.agrees(run)] for each in shared]
        runs = self._kept(shared, runs, self.run_knobs, self.assess_run)[0]
        whole = [
            [run.beside(pay) for run in rows for pay in self.pays if _agree(run, pay, each)]
            for each, rows in zip(shared, runs, strict=True)
        ]
        rows, floors = self._kept(shared, whole, self.knobs, self.assess)
        return [Candidates(*each) for each in zip(rows, floors, strict=True)]

    def _kept(
        self, shared: Sequence[Row], rows: list[list[Row]], names: Sequence[str], assess: Assess
    ) -> tuple[list[list[Row]], list[Floats]]:
        """Of each list, the rows that no other beats, and their floors with days of work."""
        setups: dict[object, int] = {}
        where = [
            np.array(
                [setups.setdefault(each.beside(row).values(names), len(setups)) for row in own],
                dtype=np.intp,
            )
            for each, own in zip(shared, rows, strict=True)
        ]  # fmt: skip
        if not setups:
            return [[] for _ in rows], [np.empty(0) for _ in rows]
        self.evaluated += len(setups)
        found = self._assessed([_setup(values) for values in setups], assess)
        kept, floors = [], []
        for own, places in zip(rows, where, strict=True):
            here = replace(
                found, floor=found.floor[places], figures=found.figures[places],
                apart=found.apart[places],
            )  # fmt: skip
            work = np.array([row.days for row in own]) * self.usd_per_day
            left = self._unbeaten(own, here, work, names)
            kept.append([own[each] for each in left])
            floors.append((here.floor + work)[left] if left else np.empty(0))
        return kept, floors

    def _assessed(self, setups: Sequence[Setup], assess: Assess) -> Assessed:
        chunks = [
            assess(self.scenario, setups[start : start + CHUNK], self.lacking)
            for start in range(0, len(setups), CHUNK)
        ]
        floor, figures, apart = (
            np.concatenate([getattr(each, name) for each in chunks])
            for name in ("floor", "figures", "apart")
        )
        return Assessed(floor, figures, apart, chunks[0].in_usd)

    def _unbeaten(
        self, rows: list[Row], found: Assessed, work: Floats, names: Sequence[str]
    ) -> list[int]:
        groups: dict[object, list[int]] = {}
        left = frozenset(self.knobs) - frozenset(names)
        pays = {slug for pay in self.pays for slug in pay.slugs if left}
        for index, row in enumerate(rows):
            if np.isfinite(found.floor[index]):
                outside = tuple(each for each in row.sets if each[0] in left)
                key = (outside, row.refused & pays, *found.apart[index])
                groups.setdefault(key, []).append(index)
        kept = (_no_other_beats(rows, found, work, group) for group in groups.values())
        return sorted(each for group in kept for each in group)


def _no_other_beats(
    rows: list[Row], found: Assessed, work: Floats, among: list[int]
) -> Iterator[int]:
    ranks = sorted(among, key=lambda each: rows[each].rank)
    rank = {index: place for place, index in enumerate(ranks)}
    drop = np.array([rows[each].drop for each in among])
    places, days = np.array([rank[each] for each in among]), work[among]
    first, *others = found.figures[among].T
    first, others = (first + days, others) if found.in_usd else (days, [first, *others])
    table = np.stack([first, drop, *others], axis=1)
    kept: list[int] = []
    for each in np.lexsort((places, *table.T[::-1])):
        no_worse = np.all(table[kept] <= table[each], axis=1)
        better = places[kept] < places[each]
        if found.in_usd:
            better |= first[kept] + ROUNDING < first[each]
        if not (no_worse & better).any():
            kept.append(int(each))
            yield among[each]


def _agree(run: Row, pay: Row, shared: Row) -> bool:
    return run.agrees(pay) and shared.agrees(pay)


def _setup(values: object) -> Setup:
    return Setup(**dict(values))  # type: ignore[call-overload]  # knobs and their values


def serving_run(scenario: Scenario, setups: Sequence[Setup], _: Collection[str | None]) -> Assessed:
    """Hardware of a replica, requests that it answers, bytes of the weights that are kept."""
    alone = evaluate(without(scenario, training=True), setups)
    served, slices = alone.served, alone.columns.slices
    return Assessed(
        floor=np.where(serving_feasible(scenario, alone), 0.0, np.inf),
        figures=np.stack(
            [served.accelerators / slices, -served.requests_per_s, alone.weights_bytes], axis=1
        ),
        apart=slices[:, None],
        in_usd=False,
    )


def training_run(
    scenario: Scenario, setups: Sequence[Setup], _: Collection[str | None]
) -> Assessed:
    """Hours; what is reserved is so for all accelerators of a run at once."""
    trained = evaluate(without(scenario, serving=True), setups)
    return Assessed(
        floor=np.where(training_feasible(scenario, trained), 0.0, np.inf),
        figures=trained.fleet.training_hours[:, None],
        apart=trained.trained.accelerators[:, None],
        in_usd=False,
    )


def serving_bill(
    scenario: Scenario, setups: Sequence[Setup], lacking: Collection[str | None]
) -> Assessed:
    """The bill of each setup where nothing is trained.

    Owned hardware is bought for both sides at once, in whole slices.
    """
    alone = evaluate(without(scenario, training=True), setups)
    usable = serving_feasible(scenario, alone) & comparable(alone, lacking)
    owned = _owned(scenario, setups)
    takes = np.where(owned, alone.fleet.serving_accelerators, 0.0)
    return Assessed(
        floor=np.where(usable, alone.usd_per_month, np.inf),
        figures=np.stack([_beside_hardware(alone, owned), takes], axis=1),
        apart=np.where(owned, alone.columns.slices, 0.0)[:, None],
    )


def rest_bill(
    scenario: Scenario, setups: Sequence[Setup], lacking: Collection[str | None]
) -> Assessed:
    """What training and data add to a bill, at the least, over the data of no strategy."""
    alone = evaluate(without(scenario, serving=True), setups)
    nothing = without(scenario, serving=True, training=True)
    plain = [replace(setup, deduplicated=False, labels_chosen=False) for setup in setups]
    owned = _owned(scenario, setups)
    added = _beside_hardware(alone, owned) - _beside_hardware(evaluate(nothing, plain), owned)
    usable = training_feasible(scenario, alone) & comparable(alone, lacking)
    takes = np.where(owned, alone.fleet.training_hours, 0.0)
    return Assessed(
        floor=np.where(usable, added, np.inf),
        figures=np.stack([added, takes], axis=1),
        apart=np.zeros((len(setups), 0)),
    )


def without(scenario: Scenario, *, serving: bool = False, training: bool = False) -> Scenario:
    """The scenario with no request to serve, or nothing to train."""
    workload = scenario.workload
    if serving:
        workload = replace(workload, serving=replace(workload.serving, requests_per_month=0))
    if training:
        workload = replace(workload, training=replace(workload.training, runs_per_month=0))
    return replace(scenario, workload=workload)


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


def unpriced(line: CostLine) -> Flags:
    """Whether each setup uses what has no known price."""
    return np.asarray(np.isnan(line.usd_per_month) & (line.quantity != 0))


def comparable(evaluation: Evaluation, lacking: Collection[str | None]) -> Flags:
    """Whether each setup's bill lacks no price beside those of `lacking`."""
    further = [unpriced(line) for line in evaluation.lines if line.missing not in lacking]
    return np.asarray(~np.any(further, axis=0))


def least_of_rest(scenario: Scenario) -> float:
    """USD a month that training and data can at the least add: what leaving data out saves."""
    nothing = without(scenario, serving=True, training=True)
    setups = [
        Setup(deduplicated=one, labels_chosen=two) for one in (False, True) for two in (False, True)
    ]
    usd = evaluate(nothing, setups).usd_per_month
    return float((usd - usd[0]).min())
