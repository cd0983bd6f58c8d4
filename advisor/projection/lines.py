"""A line of the bill over a batch of setups: quantity × unit price."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.projection.operators import Floats
from advisor.projection.result import Component


@dataclass(frozen=True)
class CostLine:
    """Arrays of shape (setups,). A price that is not known is NaN, and `missing` says which."""

    component: Component
    name: str
    quantity: Floats
    unit: str
    unit_price_usd: Floats
    formula: str
    missing: str | None = None

    @property
    def usd_per_month(self) -> Floats:
        return self.quantity * self.unit_price_usd
