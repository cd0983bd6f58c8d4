"""Combinations of a run and a way to pay for it, and the setups that they make.

There are far more combinations than setups that a side can tell apart, so a combination becomes a
row only where it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.advice.space import Row
from advisor.profiling.profile import ModelProfile
from advisor.projection.matters import told_apart
from advisor.projection.operators import Floats
from advisor.projection.setup import Setup, with_knobs

Sets = frozenset[tuple[str, object]]
Places = NDArray[np.intp]
_PLAIN = Setup()


@dataclass(frozen=True)
class Part:
    """A row, what it sets of the knobs that are looked at, and the names of those it sets."""

    row: Row
    sets: Sets
    names: frozenset[str]

    @classmethod
    def of(cls, row: Row, among: Sequence[str]) -> Part:
        sets = row.values(among)
        return cls(row, frozenset(sets), frozenset(name for name, _ in sets))


def parts(rows: Iterable[Row], among: Sequence[str]) -> list[Part]:
    return [Part.of(row, among) for row in rows]


class Setups:
    """Setups that can be told apart, each with its place."""

    def __init__(self, profile: ModelProfile, among: Sequence[str]) -> None:
        self.among = among
        self._profile = profile
        self._places: dict[Sets, int] = {}
        self._known: dict[Setup, int] = {}

    @property
    def every(self) -> list[Setup]:
        return list(self._known)

    def place(self, sets: Sets) -> int:
        found = self._places.get(sets)
        if found is None:
            setup = told_apart(self._profile, with_knobs(_PLAIN, dict(sets)))
            found = self._places[sets] = self._known.setdefault(setup, len(self._known))
        return found


@dataclass(frozen=True)
class Made:
    """Combinations beside one row of shared strategies; arrays of shape (combinations,)."""

    of_runs: Sequence[Part]
    of_pays: Sequence[Part]
    runs: Places
    pays: Places
    places: Places
    """Of the setups that they make."""

    @classmethod
    def of(
        cls, setups: Setups, shared: Row, runs: Sequence[Part], pays: Sequence[Part],
        most_further_days: float,
    ) -> Made:  # fmt: skip
        """Those of `runs` and `pays` that agree with each other and with `shared`."""
        beside, found = Part.of(shared, setups.among), []
        able = [
            (index, pay) for index, pay in enumerate(pays)
            if pay.row.further_days <= most_further_days and shared.agrees(pay.row)
        ]  # fmt: skip
        for one, run in enumerate(runs):
            if run.row.further_days > most_further_days or not shared.agrees(run.row):
                continue
            sets, names = _joined(shared, beside, run), beside.names | run.names
            refused, left = run.row.refused, most_further_days - run.row.further_days
            for other, pay in able:
                if pay.row.further_days > left or not refused.isdisjoint(pay.row.slugs):
                    continue
                if names.isdisjoint(pay.names):
                    place = setups.place(sets | pay.sets)
                else:
                    whole = shared.beside(run.row).beside(pay.row)
                    place = setups.place(frozenset(whole.values(setups.among)))
                found.append((one, other, place))
        table = np.array(found, dtype=np.intp).reshape(-1, 3)
        return cls(runs, pays, *table.T)

    @property
    def days(self) -> Floats:
        """Of work, of both parts."""
        of_runs = np.array([part.row.days for part in self.of_runs])
        of_pays = np.array([part.row.days for part in self.of_pays])
        return np.asarray(of_runs[self.runs] + of_pays[self.pays])

    def rows(self, among: Places | None = None) -> list[Row]:
        """All of the combinations, or those at the places `among`, as rows."""
        every = range(len(self.runs)) if among is None else among
        pairs = (
            (self.of_runs[self.runs[each]].row, self.of_pays[self.pays[each]].row) for each in every
        )
        return [run.beside(pay) if pay.chosen else run for run, pay in pairs]


def _joined(shared: Row, beside: Part, run: Part) -> Sets:
    """What both set; of two that set one knob, the later by slug decides."""
    if beside.names.isdisjoint(run.names):
        return beside.sets | run.sets
    return frozenset(shared.beside(run.row).values(tuple(beside.names | run.names)))
