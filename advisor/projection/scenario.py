"""Everything a projection stands on beside the setup itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from advisor.catalog.hardware import Hardware
from advisor.catalog.organization import Organization
from advisor.catalog.pricing import PriceList
from advisor.catalog.quantity import Quantity
from advisor.catalog.workload import Workload
from advisor.profiling.profile import ModelProfile

Case = Literal["low", "expected", "high"]
"""Which end of every range is taken: `low` is the cheapest the bill can be."""
CASES: tuple[Case, ...] = ("low", "expected", "high")


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


def costly(quantity: Quantity, case: Case) -> float:
    """The value for `case` of a figure that raises the bill as it grows (a price, a delay)."""
    value: float = getattr(quantity, case)
    return value


def helpful(quantity: Quantity, case: Case) -> float:
    """The value for `case` of a figure that lowers the bill as it grows (an efficiency)."""
    return {"low": quantity.high, "expected": quantity.expected, "high": quantity.low}[case]
