"""Machines are rented whole: which ones hold what runs at once, and what of them is left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.projection.operators import Flags, Floats
from advisor.projection.prices import HourlyPrice

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Running:
    """Accelerators that run at once and for what share of the hours; both (setups, parts).

    `shared` (setups,) marks where the rest of a machine serves others, as the rest of a sliced
    GPU does: there no more is paid for than what is needed.
    """

    accelerators: Floats
    share: Floats
    shared: Flags

    @classmethod
    def always(cls, accelerators: Floats, shared: Flags | None = None) -> Running:
        """`accelerators` (setups,) at all hours."""
        alone = np.zeros(accelerators.shape, dtype=bool)
        one = np.ones((*accelerators.shape, 1))
        return cls(accelerators[:, None], one, alone if shared is None else shared)

    def paid_over_needed(self, at_once: float) -> Floats:
        """Hours of whole machines of `at_once` accelerators over the hours needed, (setups,)."""
        # A hair over a whole machine by rounding would rent another.
        whole = np.ceil(np.round(self.accelerators / at_once, 9)) * at_once
        paid, needed = ((each * self.share).sum(axis=1) for each in (whole, self.accelerators))
        ratio = np.divide(paid, needed, out=np.ones_like(needed), where=needed > 0)
        return np.where(self.shared, 1.0, np.maximum(ratio, 1.0))


@dataclass(frozen=True)
class Rented:
    """The prices on offer, the one that each setup pays, and its hours over those needed."""

    prices: tuple[HourlyPrice, ...]
    which: Indices
    paid_over_needed: Floats


def rent(prices: Sequence[HourlyPrice], running: Running) -> Rented:
    """For each setup the machines on which its accelerators cost least, all of each paid for."""
    ratios = np.array([running.paid_over_needed(each.at_once) for each in prices])
    usd = np.array([np.nan if each.usd is None else each.usd.expected for each in prices])
    which = np.argmin(ratios * usd[:, None], axis=0)
    return Rented(tuple(prices), which, np.take_along_axis(ratios, which[None], axis=0)[0])
