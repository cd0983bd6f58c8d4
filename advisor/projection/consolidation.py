"""What a model pays of a fleet that serves others too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.catalog.quantity import Quantity, Source
from advisor.projection.operators import Floats
from advisor.projection.scenario import Case, Scenario, helpful
from advisor.projection.setup import Setup

ASSUMED_NEIGHBOURS = Quantity(
    low=0.0, expected=1.0, high=8.0,
    source=Source(
        "an assumption: nothing is known of what other models on the fleet demand",
        "2026-11-24", "low", "state it by capacity.neighbour_accelerators of the organization",
    ),
)  # fmt: skip


def neighbours(scenario: Scenario, setups: Sequence[Setup], case: Case) -> Floats:
    """Accelerators that other models keep busy at the peak of the fleet, shape (setups,).

    0 where the model has a fleet of its own.
    """
    stated = scenario.organization.capacity.neighbour_accelerators or ASSUMED_NEIGHBOURS
    return np.where([setup.models_on_fleet > 1 for setup in setups], helpful(stated, case), 0.0)


def part_of_fleet(own: Floats, spare: float | Floats, others: Floats) -> Floats:
    """Accelerators paid for of one fleet, by what the model demands of it, shape (setups,).

    `own` and `others` are demanded at the peak, of time or of memory, whichever is more; whole
    accelerators and `spare` ones are there.
    """
    together = own + others
    ratio = np.divide(own, together, out=np.zeros_like(own), where=together > 0)
    return np.asarray((np.ceil(together) + spare) * ratio)
