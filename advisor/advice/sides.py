"""The two sides of a bill, serving and all the rest, evaluated for the search.

Each is evaluated in two steps: first what it runs as, for time and memory, and then, for the runs
that no other beats, how it is paid for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from advisor.advice.aim import Aim
from advisor.advice.assess import Assess, Assessed
from advisor.advice.space import Row
from advisor.projection.matters import told_apart
from advisor.projection.operators import Floats
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup

CHUNK = 256
"""Setups evaluated at once: large enough for numpy, small enough for the cache."""
ROUNDING = 1e-5
"""USD that sums in another order may differ by, with room to spare."""


@dataclass(frozen=True)
class Candidates:
    """Combinations of one side's own strategies that no other beats, and USD a month at least."""

    rows: list[Row]
    floors: Floats


@dataclass
class Side:
    """One side under given combinations of the strategies that concern both sides."""

    scenario: Scenario
    aim: Aim
    usd_per_day: float
    runs: list[Row]
    pays: list[Row]
    run_knobs: Sequence[str]
    knobs: Sequence[str]
    assess_run: Assess
    assess: Assess
    days_are_bounded: bool = False
    """Whether a day of work counts beside what it costs."""
    evaluated: int = 0
    _found: dict[object, Candidates] = field(default_factory=dict)

    @cached_property
    def _slugs(self) -> frozenset[str]:
        return frozenset(slug for row in (*self.runs, *self.pays) for slug in row.slugs)

    def under(self, shared: Sequence[Row], most_days: Sequence[float]) -> list[Candidates]:
        """The candidates beside each of `shared` that take no more than its `most_days` of work.

        Found once for those of `shared` that are alike here; `most_days` never rises from call to
        call.
        """
        alike = [self._seen(each) for each in shared]
        new: dict[object, tuple[Row, float]] = {}
        for key, each, days in zip(alike, shared, most_days, strict=True):
            if key not in self._found and (key not in new or days > new[key][1]):
                new[key] = each, days
        self._found.update(zip(new, self._candidates(list(new.values())), strict=True))
        return [self._found[key] for key in alike]

    def _seen(self, shared: Row) -> object:
        """What this side can tell of a combination: its knobs, and what it leaves free."""
        return shared.values(self.knobs), shared.refused & self._slugs

    def _candidates(self, given: Sequence[tuple[Row, float]]) -> list[Candidates]:
        """Beside each row, within the days that come with it."""
        shared = [each for each, _ in given]
        runs = [
            [run for run in self.runs if run.days <= days and each.agrees(run)]
            for each, days in given
        ]
        runs = self._kept(shared, runs, self.run_knobs, self.assess_run)[0]
        whole = [
            [
                run.beside(pay)
                for run in rows
                for pay in self.pays
                if run.days + pay.days <= days and _agree(run, pay, each)
            ]
            for (each, days), rows in zip(given, runs, strict=True)
        ]
        rows, floors = self._kept(shared, whole, self.knobs, self.assess)
        return [Candidates(*each) for each in zip(rows, floors, strict=True)]

    def _kept(
        self, shared: Sequence[Row], rows: list[list[Row]], names: Sequence[str], assess: Assess
    ) -> tuple[list[list[Row]], list[Floats]]:
        """Of each list, the rows that no other beats, and their floors with days of work."""
        setups: dict[Setup, int] = {}

        def place(row: Row) -> int:
            return setups.setdefault(self._setup(row, names), len(setups))

        where = [
            np.array([place(each.beside(row)) for row in own], dtype=np.intp)
            for each, own in zip(shared, rows, strict=True)
        ]
        if not setups:
            return [[] for _ in rows], [np.empty(0) for _ in rows]
        self.evaluated += len(setups)
        found = self._assessed(list(setups), assess)
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

    def _setup(self, row: Row, names: Sequence[str]) -> Setup:
        values: dict[str, Any] = dict(row.values(names))
        return told_apart(self.scenario.profile, Setup(**values))

    def _assessed(self, setups: Sequence[Setup], assess: Assess) -> Assessed:
        chunks = [
            assess(self.scenario, setups[start : start + CHUNK], self.aim)
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
        bounded = self.days_are_bounded
        kept = (_no_other_beats(rows, found, work, group, bounded) for group in groups.values())
        return sorted(each for group in kept for each in group)


def _no_other_beats(
    rows: list[Row], found: Assessed, work: Floats, among: list[int], days_are_bounded: bool
) -> Iterator[int]:
    ranks = sorted(among, key=lambda each: rows[each].rank)
    rank = {index: place for place, index in enumerate(ranks)}
    drop = np.array([rows[each].drop for each in among])
    places, days = np.array([rank[each] for each in among]), work[among]
    first, *others = found.figures[among].T
    if found.in_usd and days_are_bounded:
        others = [days, *others]
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
