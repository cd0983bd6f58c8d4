"""How much of what is paid for is used."""

from __future__ import annotations

import numpy as np

from advisor.projection.capacity import Fleet
from advisor.projection.operators import Floats
from advisor.units import HOURS_PER_MONTH


def utilisation(fleet: Fleet, owned: bool) -> Floats:
    """Busy hours over paid hours, (setups,); NaN where nothing is paid for.

    What is owned is paid for every hour, what is rented in the hours that it is rented.
    """
    whole = fleet.owned_accelerators * HOURS_PER_MONTH
    busy = fleet.busy_fraction * whole
    paid = whole if owned else fleet.serving_hours + fleet.held_hours
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(paid > 0, busy / paid, np.nan))
