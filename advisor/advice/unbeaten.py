"""Rows that no other beats: of those not told apart, what is worse in every figure goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.advice.assess import ROUNDING, Assessed
from advisor.advice.made import Places
from advisor.advice.space import Row


@dataclass(frozen=True)
class Work:
    """What a day of work costs a month, and whether it counts beside that."""

    usd_per_day: float
    is_bounded: bool = False


def unbeaten(
    rows: Sequence[Row], found: Assessed, apart: Sequence[object], work: Work
) -> list[int]:
    """Places of the usable rows that no other row beats that is not told apart."""
    groups: dict[object, list[int]] = {}
    for index in map(int, np.flatnonzero(np.isfinite(found.floor))):
        groups.setdefault((apart[index], *found.apart[index]), []).append(index)
    ranks = _ranks(rows)
    kept = (_no_other_beats(np.array(group), rows, ranks, found, work) for group in groups.values())
    return sorted(each for group in kept for each in group)


def _no_other_beats(
    among: Places, rows: Sequence[Row], ranks: Places, found: Assessed, work: Work
) -> Iterator[int]:
    """Of `among`, by rising first figure, what nothing before it beats in every figure."""
    rank = ranks[among]
    days = np.array([rows[each].days for each in among]) * work.usd_per_day
    drop = np.array([rows[each].drop for each in among])
    first, *others = found.figures[among].T
    if found.in_usd and work.is_bounded:
        others = [days, *others]
    first, others = (first + days, others) if found.in_usd else (days, [first, *others])
    table = np.stack([first, drop, *others], axis=1)
    order = np.lexsort((rank, *table.T[::-1]))
    while order.size:
        best, order = order[0], order[1:]
        yield int(among[best])
        better = rank[best] < rank[order]
        if found.in_usd:
            better |= first[best] + ROUNDING < first[order]
        order = order[~(better & np.all(table[best] <= table[order], axis=1))]


def _ranks(rows: Sequence[Row]) -> Places:
    """The place of each row by its rank."""
    places = np.empty(len(rows), dtype=np.intp)
    places[sorted(range(len(rows)), key=lambda each: rows[each].rank)] = np.arange(len(rows))
    return places
