"""Both sides of a bill joined: whole combinations by what they cost at the least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from advisor.advice.sides import Candidates
from advisor.advice.space import Row
from advisor.projection.operators import Floats

CHUNK = 64
"""Whole setups evaluated at once."""


@dataclass(frozen=True)
class Pair:
    """What is left of both sides under one combination of the shared strategies."""

    shared: Row
    serving: Candidates
    rest: Candidates

    def bounds(self, usd_per_day: float, most_drop: float, most_days: float) -> Floats:
        """USD at least (serving, rest), inf where both together lose or take too much."""
        drop, days = (
            np.add.outer(
                *(np.array([getattr(row, name) for row in side.rows], float) for side in self.sides)
            )
            for name in ("drop", "days")
        )
        usd = np.add.outer(self.serving.floors, self.rest.floors) + self.shared.days * usd_per_day
        kept = (drop + self.shared.drop <= most_drop) & (days + self.shared.days <= most_days)
        return np.where(kept, usd, np.inf)

    @property
    def sides(self) -> tuple[Candidates, Candidates]:
        return self.serving, self.rest


def by_bound(pair: Pair, bounds: Floats) -> Iterator[tuple[float, list[Row]]]:
    """Whole combinations by rising bound, with the least bound of each batch."""
    usd = bounds.ravel()
    order = [each for each in np.argsort(usd, kind="stable") if np.isfinite(usd[each])]
    for start in range(0, len(order), CHUNK):
        places = zip(*np.unravel_index(order[start : start + CHUNK], bounds.shape), strict=True)
        rows = [
            pair.shared.beside(pair.serving.rows[one]).beside(pair.rest.rows[other])
            for one, other in places
        ]
        yield float(usd[order[start]]), rows
