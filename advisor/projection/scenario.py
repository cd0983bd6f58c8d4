"""Everything a projection stands on beside the setup itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import Hardware
from advisor.catalog.organization import Organization
from advisor.catalog.pricing import PriceList
from advisor.catalog.quantity import Quantity
from advisor.catalog.workload import Workload
from advisor.profiling.profile import ModelProfile

Case = Literal["low", "expected", "high"]
"""Which end of every range is taken: `low` is the cheapest the bill can be."""
CASES: tuple[Case, ...] = ("low", "expected", "high")
CaseRows = NDArray[np.intp]
"""An index into `CASES` for each setup of a batch, shape (setups,)."""
Cases = Case | CaseRows
"""One case for all setups of a batch, or one for each."""


@dataclass(frozen=True)
class Evidence:
    """What a measurement of a setup replaces in its projection.

    `latency_ratio` is measured over projected latency of the very run that was measured; the
    engine's time for that setup is multiplied by it at any batch size. `quality_drop` replaces
    the published interval.
    """

    latency_ratio: float | None = None
    memory_ratio: float | None = None
    quality_drop: float | None = None


@dataclass(frozen=True)
class Scenario:
    profile: ModelProfile
    hardware: Hardware
    workload: Workload
    organization: Organization
    price_lists: Mapping[str, PriceList] = field(default_factory=dict)


@overload
def costly(quantity: Quantity, case: Case) -> float: ...
@overload
def costly(quantity: Quantity, case: Cases) -> float | NDArray[np.float64]: ...
def costly(quantity: Quantity, case: Cases) -> float | NDArray[np.float64]:
    """The value for `case` of a figure that raises the bill as it grows (a price, a delay).

    One number, or an array of shape (setups,) where each setup has its case.
    """
    if isinstance(case, str):
        value: float = getattr(quantity, case)
        return value
    if quantity.low == quantity.high:
        return quantity.expected
    return np.array((quantity.low, quantity.expected, quantity.high))[case]


@overload
def helpful(quantity: Quantity, case: Case) -> float: ...
@overload
def helpful(quantity: Quantity, case: Cases) -> float | NDArray[np.float64]: ...
def helpful(quantity: Quantity, case: Cases) -> float | NDArray[np.float64]:
    """The same of a figure that lowers the bill as it grows (an efficiency)."""
    if isinstance(case, str):
        return {"low": quantity.high, "expected": quantity.expected, "high": quantity.low}[case]
    if quantity.low == quantity.high:
        return quantity.expected
    return np.array((quantity.high, quantity.expected, quantity.low))[case]


def costly_each(quantities: Sequence[Quantity], case: Cases) -> NDArray[np.float64]:
    """The value for each setup's own quantity, shape (setups,)."""
    ends = np.array([(each.low, each.expected, each.high) for each in quantities])
    rows = CASES.index(case) if isinstance(case, str) else case
    return np.asarray(ends[np.arange(len(quantities)), rows])
