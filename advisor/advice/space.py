"""The space of a search: what each choice sets, and the combinations that differ in it.

Two combinations that set the same knobs of a part of the bill cost the same there. Of them only
those are kept that no other beats in quality, in days of work and in the number of strategies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

from advisor.profiling.profile import ModelProfile
from advisor.projection.matters import changes_training, matters
from advisor.projection.parts import knobs
from advisor.projection.setup import Setup
from advisor.strategies.selection import Choice, Selection, conflict, setup_for

_SETTLING = frozenset(knobs("data", "team"))
Choices = Mapping[str, tuple[Choice, ...]]
Set = tuple[str, object, str]
"""A knob, its value, and the strategy that set it."""


@dataclass(frozen=True)
class Row:
    """A combination of choices: what it sets, and what it costs in quality and work."""

    chosen: Selection = ()
    sets: tuple[Set, ...] = ()
    drop: float = 0.0
    days: float = 0.0
    refused: frozenset[str] = frozenset()
    """Strategies that conflict with one of `chosen`."""
    further_days: float = 0.0
    """Of `days` those of strategies that set nothing of people and data."""

    @cached_property
    def rank(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Orders combinations that cost the same: the fewest strategies, then their slugs."""
        return len(self.chosen), tuple((each.slug, str(each)) for each in self.chosen)

    @cached_property
    def slugs(self) -> frozenset[str]:
        return frozenset(choice.slug for choice in self.chosen)

    def agrees(self, other: Row) -> bool:
        return self.refused.isdisjoint(other.slugs)

    def beside(self, other: Row) -> Row:
        """Both at once. Of two that set one knob, the later by slug decides, as in `setup_for`."""
        decided = {each[0]: each for each in self.sets}
        for each in other.sets:
            before = decided.get(each[0])
            if before is None or before[2] < each[2]:
                decided[each[0]] = each
        return Row(
            tuple(sorted((*self.chosen, *other.chosen), key=lambda choice: choice.slug)),
            tuple(decided[name] for name in sorted(decided)),
            self.drop + other.drop,
            self.days + other.days,
            self.refused | other.refused,
            self.further_days + other.further_days,
        )

    def values(self, among: Sequence[str]) -> tuple[tuple[str, object], ...]:
        """What is set of the knobs `among`, in words that tell two setups apart."""
        return tuple((name, value) for name, value, _ in self.sets if name in among)


@dataclass(frozen=True)
class Space:
    """Strategies by what they concern: serving alone, all the rest alone, or both."""

    serving: tuple[str, ...]
    rest: tuple[str, ...]
    shared: tuple[str, ...]
    rows: Mapping[str, tuple[Row, ...]]
    """Of each strategy, one for each choice."""
    size: int
    """Combinations without a conflict."""

    @classmethod
    def of(
        cls, profile: ModelProfile, choices: Choices, serving_knobs: Sequence[str],
        rest_knobs: Sequence[str],
    ) -> Space:  # fmt: skip
        """The space of `choices`, of which each side can tell its knobs apart and no others.

        What changes nothing of the model of `profile` is told apart by neither.
        """
        slugs = sorted(slug for slug, levels in choices.items() if levels)
        refused = {slug: clashing(slug, slugs) for slug in slugs}
        told = {*serving_knobs, *rest_knobs}

        def tells(name: str, value: object) -> bool:
            return name in told and matters(profile, name, value)

        rows = {
            slug: tuple(_row(each, refused[slug], tells) for each in choices[slug])
            for slug in slugs
        }
        sets = {slug: [each for row in rows[slug] for each in row.sets] for slug in slugs}
        trains = {
            slug for slug in slugs
            if any(name in rest_knobs and changes_training(name, at) for name, at, _ in sets[slug])
        }  # fmt: skip
        serves = {slug for slug in slugs if any(each[0] in serving_knobs for each in sets[slug])}
        shared = trains & serves
        # A conflict across the two sides is settled before either is looked at.
        shared |= {slug for slug in trains if refused[slug] - trains}
        counts = {slug: len(rows[slug]) for slug in slugs}
        return cls(
            serving=tuple(slug for slug in slugs if slug not in trains),
            rest=tuple(slug for slug in slugs if slug in trains - shared),
            shared=tuple(slug for slug in slugs if slug in shared),
            rows=rows,
            size=combinations(counts, refused),
        )

    def setting(self, slugs: Sequence[str], names: Collection[str]) -> tuple[str, ...]:
        """Those of `slugs` that set any of the knobs `names` at any level."""
        return tuple(
            slug for slug in slugs
            if any(each[0] in names for row in self.rows[slug] for each in row.sets)
        )  # fmt: skip

    def combined(
        self, slugs: Sequence[str], most_drop: float, most_further_days: float = math.inf
    ) -> list[Row]:
        """Combinations of `slugs` that differ in what they set or refuse, those not beaten.

        Those whose loss, less all that any strategy could win back, is above `most_drop` are cut,
        and those whose further days are more than `most_further_days`.
        """
        outside = frozenset(self.rows) - frozenset(slugs)
        kept = [Row()]
        for index, slug in enumerate(slugs):
            later = outside | frozenset(slugs[index + 1 :])
            lossy = most_drop + self._won_back(slugs[: index + 1])
            grown = [
                row.beside(each) for row in kept if slug not in row.refused
                for each in self.rows[slug]
                if row.further_days + each.further_days <= most_further_days
            ]  # fmt: skip
            kept = _unbeaten((row for row in (*kept, *grown) if row.drop <= lossy), later)
        return kept

    def _won_back(self, without: Iterable[str]) -> float:
        """The most that all strategies but `without` could win back in quality."""
        best = (
            min(row.drop for row in rows)
            for rows in (self.rows[slug] for slug in set(self.rows) - set(without))
        )
        return -sum(min(drop, 0.0) for drop in best)


def _row(choice: Choice, refused: frozenset[str], tells: Callable[[str, object], bool]) -> Row:
    setup, plain = setup_for((choice,)), Setup()
    changed = tuple(
        (field.name, value, choice.slug)
        for field in sorted(fields(Setup), key=lambda each: each.name)
        if (value := getattr(setup, field.name)) != getattr(plain, field.name)
        and tells(field.name, value)
    )
    drop, days = setup.quality_drop.expected, setup.effort_days.expected
    settles = any(name in _SETTLING for name, _, _ in changed)
    return Row((choice,), changed, drop, days, refused, 0.0 if settles else days)


def _unbeaten(rows: Iterable[Row], later: frozenset[str]) -> list[Row]:
    """Of rows that set the same knobs those that none beats which refuses no more of `later`."""
    alike: dict[object, list[tuple[Row, frozenset[str]]]] = {}
    for row in rows:
        alike.setdefault(row.sets, []).append((row, row.refused & later))
    kept: list[Row] = []
    for group in alike.values():
        kept += [
            row for row, refused in group
            if len(group) == 1
            or not any(less <= refused and _beats(other, row) for other, less in group)
        ]  # fmt: skip
    return kept


def _beats(one: Row, other: Row) -> bool:
    return one.drop <= other.drop and one.days <= other.days and one.rank < other.rank


def clashing(slug: str, slugs: Iterable[str]) -> frozenset[str]:
    """Those of `slugs` that `slug` cannot be combined with."""
    return frozenset(each for each in slugs if conflict(slug, (Choice(each),)) is not None)


def combinations(counts: Mapping[str, int], refused: Mapping[str, frozenset[str]]) -> int:
    """How many combinations of strategies at `counts` levels each have no conflict."""
    found = 1
    for part in _apart(counts, refused):
        slug = max(part, key=lambda each: len(refused[each] & part))
        without = {each: counts[each] for each in part if each != slug}
        beside = {each: count for each, count in without.items() if each not in refused[slug]}
        found *= combinations(without, refused) + counts[slug] * combinations(beside, refused)
    return found


def _apart(slugs: Iterable[str], refused: Mapping[str, frozenset[str]]) -> Iterator[frozenset[str]]:
    """`slugs` in groups of which none refuses anything of another."""
    left = frozenset(slugs)
    while left:
        part = reached = frozenset((min(left),))
        while reached:
            reached = frozenset().union(*(refused[each] for each in reached)) & left - part
            part |= reached
        yield part
        left -= part
