"""Choices whose cost depends on hardly anything else, settled before the combinations are formed.

Where data lie, or whether audits run in a schedule, costs the same whatever serves and trains. Of
combinations that differ in such knobs only, those that another beats under everything that could
matter are in no cheapest setup.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from advisor.advice.assess import ROUNDING, comparable
from advisor.advice.space import Row
from advisor.projection.engine import evaluate
from advisor.projection.operators import Floats
from advisor.projection.parts import DEPENDS
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup

DATA_ALONE = frozenset(name for name, on in DEPENDS.items() if on == ("data",))
"""What they cost depends on one another and on duplicates left out."""
TEAM_ALONE = frozenset(name for name, on in DEPENDS.items() if on == ("team",))
"""On one another and on what a managed service frees people of."""
BESIDE_DATA = (Setup(), Setup(deduplicated=True))
BESIDE_TEAM = (Setup(), Setup(managed_serving=True))


def settled(
    scenario: Scenario, rows: Sequence[Row], alone: Collection[str], beside: Sequence[Setup],
    usd_per_day: float, lacking: Collection[str | None], *, days_are_bounded: bool = False,
) -> list[Row]:  # fmt: skip
    """Of `rows`, those that no other beats which differs from it in the knobs `alone` only.

    `scenario` needs to hold what their cost depends on, `beside` all that it varies with. Where
    `days_are_bounded` a cheaper row that takes more work beats none that takes less.
    """
    groups: dict[object, list[Row]] = {}
    for row in rows:
        others = tuple(each for each in row.sets if each[0] not in alone)
        groups.setdefault((others, row.refused), []).append(row)
    if len(groups) == len(rows):
        return list(rows)
    places: dict[tuple[tuple[str, object], ...], int] = {}
    for row in rows:
        places.setdefault(row.values(tuple(alone)), len(places))
    costs = _costs(scenario, list(places), beside, lacking)
    kept = {
        id(row)
        for group in groups.values()
        for row in _unbeaten(group, [costs[places[each.values(tuple(alone))]] for each in group],
                             usd_per_day, days_are_bounded=days_are_bounded)
    }  # fmt: skip
    return [row for row in rows if id(row) in kept]


def _costs(
    scenario: Scenario, values: Sequence[tuple[tuple[str, object], ...]],
    beside: Sequence[Setup], lacking: Collection[str | None],
) -> Floats:  # fmt: skip
    """USD a month, shape (values, beside); inf where a price is not known."""
    setups = [replace(each, **dict(knobs)) for knobs in values for each in beside]  # type: ignore[arg-type]  # names of knobs
    found = evaluate(scenario, setups)
    usd = np.where(comparable(found, lacking), found.usd_per_month, np.inf)
    return np.asarray(usd.reshape(len(values), len(beside)))


def _unbeaten(
    rows: Sequence[Row], costs: Sequence[Floats], usd_per_day: float, *, days_are_bounded: bool
) -> list[Row]:
    usd = [cost + row.days * usd_per_day for row, cost in zip(rows, costs, strict=True)]

    def beats(one: int, other: int) -> bool:
        if one == other or rows[one].drop > rows[other].drop:
            return False
        if days_are_bounded and rows[one].days > rows[other].days:
            return False
        if np.any(usd[one] > usd[other]):
            return False
        cheaper = bool(np.all(usd[one] + ROUNDING < usd[other]))
        return cheaper or rows[one].rank < rows[other].rank

    places = range(len(rows))
    return [rows[each] for each in places if not any(beats(other, each) for other in places)]
