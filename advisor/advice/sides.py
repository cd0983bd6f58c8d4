"""The two sides of a bill, serving and all the rest, evaluated for the search.

Each is evaluated in two steps: first what it runs as, for time and memory, and then, for the runs
that no other beats, how it is paid for. What its bound shows to be dearer than a setup that is
known goes before the others are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from advisor.advice.ahead import Running, paid_alike
from advisor.advice.aim import Aim
from advisor.advice.assess import Assess, Assessed, hardly_training
from advisor.advice.made import Made, Part, Setups, parts
from advisor.advice.space import Row
from advisor.advice.unbeaten import Work, unbeaten
from advisor.projection.operators import Floats
from advisor.projection.scenario import Scenario

CHUNK = 256
"""Setups evaluated at once: large enough for numpy, small enough for the cache."""


@dataclass(frozen=True)
class Candidates:
    """Combinations of one side's own strategies that no other beats, and USD a month at least."""

    rows: list[Row]
    floors: Floats


@dataclass(frozen=True)
class Most:
    """What a side may take: days of work, and USD a month with all of its work."""

    days: float
    """Without those of strategies about people and data, whose work is in the least that these
    cost."""
    usd: float = np.inf


@dataclass
class Side:
    """One side under given combinations of the strategies that concern both sides."""

    scenario: Scenario
    aim: Aim
    work: Work
    runs: list[Row]
    pays: list[Row]
    run_knobs: Sequence[str]
    knobs: Sequence[str]
    assess_run: Assess
    assess: Assess
    evaluated: int = field(default=0, init=False)
    _found: dict[object, Candidates] = field(default_factory=dict, init=False)
    _running: dict[object, Running] = field(default_factory=dict, init=False)
    _least: dict[object, dict[object, float]] = field(default_factory=dict, init=False)

    def under(self, shared: Sequence[Row], most: Sequence[Most]) -> list[Candidates]:
        """The candidates beside each of `shared` that take no more than its `most`.

        Found once for those of `shared` that are alike here; `most` never rises from call to call.
        """
        alike = [self._seen(each, self.knobs) for each in shared]
        new: dict[object, tuple[Row, Most]] = {}
        for key, each, limit in zip(alike, shared, most, strict=True):
            if key not in self._found:
                other = new[key][1] if key in new else limit
                new[key] = each, Most(max(limit.days, other.days), max(limit.usd, other.usd))
        self._find_runs(list(new.values()))
        self._found.update(zip(new, self._candidates(list(new.values())), strict=True))
        return [self._found[key] for key in alike]

    def _seen(self, shared: Row, names: Sequence[str]) -> object:
        """What this side can tell of a combination: its knobs, and what it leaves free."""
        return shared.values(names), shared.refused & self._slugs

    @cached_property
    def _slugs(self) -> frozenset[str]:
        return frozenset(slug for row in (*self.runs, *self.pays) for slug in row.slugs)

    @cached_property
    def _whole(self) -> tuple[list[Part], list[Part]]:
        return parts(self.runs, self.knobs), parts(self.pays, self.knobs)

    @cached_property
    def _runs_apart(self) -> list[object]:
        """What tells two runs apart that is not in how they run."""
        left = frozenset(self.knobs) - frozenset(self.run_knobs)
        pays = frozenset(slug for row in self.pays for slug in row.slugs)
        return [
            (tuple(one for one in row.sets if one[0] in left), row.refused & pays)
            for row in self.runs
        ]

    def _find_runs(self, given: Sequence[tuple[Row, Most]]) -> None:
        """Of the runs beside each row those that no other beats, found once for rows alike."""
        new: dict[object, tuple[Row, float]] = {}
        for each, most in given:
            key = self._seen(each, self.run_knobs)
            if key not in self._running and (key not in new or most.days > new[key][1]):
                new[key] = each, most.days
        setups = Setups(self.scenario.profile, self.run_knobs)
        runs, nothing = parts(self.runs, self.run_knobs), parts([Row()], self.run_knobs)
        made = [Made.of(setups, each, runs, nothing, days) for each, days in new.values()]
        found = self._assessed(setups, self.assess_run)
        for key, of_one in zip(new, made, strict=True):
            apart = [self._runs_apart[index] for index in of_one.runs]
            here = found.taken(of_one.places)
            kept = unbeaten(of_one.rows(), here, apart, self.work)
            alike = [(apart[index], *here.apart[index]) for index in kept]
            # Hours beside those of the runs are no less in another run only where they are equal.
            told = [
                (*each, *here.figures[index, 1:2]) for each, index in zip(alike, kept, strict=True)
            ]
            left = [int(of_one.runs[index]) for index in kept]
            self._running[key] = Running(left, here.figures[kept], alike, told)

    def _candidates(self, given: Sequence[tuple[Row, Most]]) -> list[Candidates]:
        """Beside each row, within what comes with it."""
        running = [self._running[self._seen(each, self.run_knobs)] for each, _ in given]
        if self._least:
            runs = [
                self._worth_paying_for(each, own, most)
                for (each, most), own in zip(given, running, strict=True)
            ]
        else:
            runs = self._not_too_dear(given, running)
        made, found = self._made(given, runs)
        return [
            self._cheap(each, found.taken(each.places), most.usd)
            for each, (_, most) in zip(made, given, strict=True)
        ]

    def _made(
        self, given: Sequence[tuple[Row, Most]], runs: Sequence[Sequence[int]]
    ) -> tuple[list[Made], Assessed]:
        """Some of the runs beside each row, with every way to pay for them."""
        setups, (every, pays) = Setups(self.scenario.profile, self.knobs), self._whole
        made = [
            Made.of(setups, each, [every[index] for index in own], pays, most.days)
            for (each, most), own in zip(given, runs, strict=True)
        ]
        return made, self._assessed(setups, self.assess)

    def at_any_hours(self, shared: Sequence[Row]) -> Floats:
        """USD a month that this side adds beside each of `shared`, however little it runs.

        A run of the fewest accelerators, of hardly any hours, paid for in the cheapest way.
        """
        names = tuple(name for name in self.knobs if name not in self.run_knobs)
        if any(row.values(names) for row in self.runs):
            return np.full(len(shared), -np.inf)
        setups, plain = Setups(self.scenario.profile, names), parts([Row()], names)
        pays = parts(self.pays, names)
        made = [Made.of(setups, each, plain, pays, np.inf) for each in shared]
        found = self._assessed(setups, self.assess, hardly_training(self.scenario))
        if found.of_hours is None:
            return np.full(len(shared), -np.inf)
        usd = np.nan_to_num(found.of_hours, nan=-np.inf)
        return np.concatenate([self._paid(each, usd[each.places]) for each in made])

    def at_least(self, shared: Sequence[Row], most_days: Sequence[float]) -> Floats:
        """USD a month that this side adds beside each of `shared`, its hours alone telling.

        Of runs alike the one of the fewest hours costs the least but for its work and checkpoints.
        """
        given = [(each, Most(days)) for each, days in zip(shared, most_days, strict=True)]
        self._find_runs(given)
        new = {self._seen(each, self.knobs): each for each, _ in given}
        rows = [each for key, each in new.items() if key not in self._least]
        running = [self._running[self._seen(each, self.run_knobs)] for each in rows]
        leaders = [each.leaders() for each in running]
        at_any = [(each, Most(np.inf)) for each in rows]
        made, found = self._made(at_any, [list(each.values()) for each in leaders])
        for each, own, of_one in zip(rows, leaders, made, strict=True):
            self._least[self._seen(each, self.knobs)] = self._least_of(own, of_one, found)
        least = (self._least[self._seen(each, self.knobs)] for each in shared)
        return np.array([min(each.values(), default=np.inf) for each in least])

    def _least_of(
        self, leaders: Mapping[object, int], made: Made, found: Assessed
    ) -> dict[object, float]:
        """By what tells runs apart, the least that one of them costs without its own work."""
        there = found.taken(made.places)
        if there.of_hours is None:
            return dict.fromkeys(leaders, -np.inf)
        usd = np.where(np.isfinite(there.floor), there.of_hours, np.inf)
        return dict(zip(leaders, self._paid(made, usd).tolist(), strict=True))

    def _worth_paying_for(self, shared: Row, running: Running, most: Most) -> list[int]:
        """Of the runs beside a row those that could be cheap enough."""
        least = self._least[self._seen(shared, self.knobs)]
        return [
            run for run, apart in zip(running.runs, running.apart, strict=True)
            if least[apart] + self.runs[run].days * self.work.usd_per_day <= most.usd
        ]  # fmt: skip

    def _not_too_dear(
        self, given: Sequence[tuple[Row, Most]], running: Sequence[Running]
    ) -> list[list[int]]:
        """Of the runs beside each row those that could be cheap enough."""
        names = frozenset(self.knobs) - frozenset(self.run_knobs)
        pays = frozenset(slug for row in self.pays for slug in row.slugs)
        paid = [
            (tuple(each for each in row.sets if each[0] in names), row.refused & pays)
            for row, _ in given
        ]
        together = paid_alike(paid, running)
        ahead: list[list[int]] = [[] for _ in given]
        for at, place in (run for group in together for run in group.ahead):
            ahead[at].append(place)
        first = [
            [own.runs[each] for each in some] for some, own in zip(ahead, running, strict=True)
        ]
        made, found = self._made([(row, Most(np.inf)) for row, _ in given], first)
        usd = {
            (at, place): cost if np.isfinite(cost) else -np.inf
            for at, (some, one) in enumerate(zip(ahead, made, strict=True))
            for place, cost in zip(some, self._paid(one, found.floor[one.places]), strict=True)
        }
        left: list[list[int]] = [[] for _ in given]
        for (at, place), cost in (pair for group in together for pair in group.at_least(usd)):
            run = running[at].runs[place]
            if cost + self.runs[run].days * self.work.usd_per_day <= given[at][1].usd:
                left[at].append(run)
        return left

    def _paid(self, made: Made, usd: Floats) -> Floats:
        """The least of `usd` of each run with the work of paying for it."""
        work = np.array([part.row.days for part in made.of_pays])[made.pays] * self.work.usd_per_day
        least = np.full(len(made.of_runs), np.inf)
        np.minimum.at(least, made.runs, usd + work)
        return least

    def _cheap(self, made: Made, found: Assessed, most_usd: float) -> Candidates:
        floors = found.floor + made.days * self.work.usd_per_day
        cheap = np.flatnonzero(floors <= most_usd)
        rows = made.rows(cheap)
        kept = unbeaten(rows, found.taken(cheap), [None] * len(rows), self.work)
        return Candidates([rows[index] for index in kept], floors[cheap][kept])

    def _assessed(
        self, setups: Setups, assess: Assess, scenario: Scenario | None = None
    ) -> Assessed:
        every = setups.every
        if not every:
            return Assessed(np.empty(0), np.empty((0, 1)), np.empty((0, 0)))
        self.evaluated += len(every)
        chunks = [
            assess(scenario or self.scenario, every[start : start + CHUNK], self.aim)
            for start in range(0, len(every), CHUNK)
        ]
        return Assessed.joined(chunks)
