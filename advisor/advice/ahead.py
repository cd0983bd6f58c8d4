"""Runs that no other is ahead of: what they cost bounds what all others do.

A run that is behind another in every figure and paid for alike costs no less, but for its work. So
a few runs paid for say of most others that they are too dear.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from advisor.projection.operators import Floats

Run = tuple[int, int]
"""The place of a row of shared strategies, and that of a run beside it."""


@dataclass(frozen=True)
class Running:
    """Runs that no other beats: their indices and figures, and what tells them apart."""

    runs: list[int]
    figures: Floats
    alike: Sequence[Hashable]
    """What those have in common of which no higher figures make one no dearer."""
    apart: Sequence[object]
    """The same with the second figure: of those alike in it the first decides."""

    def leaders(self) -> dict[object, int]:
        """By what tells runs apart, the one of the least first figure."""
        found: dict[object, int] = {}
        for index in np.argsort(self.figures[:, 0], kind="stable"):
            found.setdefault(self.apart[index], self.runs[index])
        return found


@dataclass(frozen=True)
class Group:
    """Runs of which no higher figures make one no dearer; figures of shape (runs, figures)."""

    runs: Sequence[Run]
    figures: Floats

    @cached_property
    def _ahead(self) -> list[int]:
        return list(_first(self.figures))

    @property
    def ahead(self) -> list[Run]:
        """Those that every other is behind one of."""
        return [self.runs[each] for each in self._ahead]

    def at_least(self, usd: Mapping[Run, float]) -> Iterator[tuple[Run, float]]:
        """What each run costs at the least, from what those that are ahead do."""
        for run, figures in zip(self.runs, self.figures, strict=True):
            before = (
                usd[self.runs[each]]
                for each in self._ahead
                if np.all(self.figures[each] <= figures)
            )
            yield run, max(before, default=-np.inf)


def paid_alike(paid: Sequence[Hashable], running: Sequence[Running]) -> list[Group]:
    """The runs beside several rows, grouped where they are alike and `paid` for alike."""
    found: dict[Hashable, list[Run]] = {}
    for at, (how, own) in enumerate(zip(paid, running, strict=True)):
        for place, alike in enumerate(own.alike):
            found.setdefault((how, alike), []).append((at, place))
    return [
        Group(runs, np.stack([running[at].figures[place] for at, place in runs]))
        for runs in found.values()
    ]


def _first(figures: Floats) -> Iterator[int]:
    order = np.lexsort(figures.T[::-1])
    while order.size:
        best = order[0]
        yield int(best)
        order = order[~np.all(figures[best] <= figures[order], axis=1)]
