"""Price lists of clouds: what an hour of an instance costs, bought in different ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from advisor.catalog.quantity import Source

UsdPerHour = Annotated[float, Meta(gt=0)]
PurchaseOption = Literal["on-demand", "spot", "reserved", "owned"]


@dataclass(frozen=True)
class Instance:
    """One instance type; prices are of the whole instance. An absent price is not known."""

    type: str
    hardware: str
    accelerators: Annotated[float, Meta(gt=0)]
    region: str
    source: Source
    on_demand_usd_per_hour: UsdPerHour | None = None
    spot_usd_per_hour: UsdPerHour | None = None
    reserved_1yr_usd_per_hour: UsdPerHour | None = None

    def usd_per_accelerator_hour(self, option: PurchaseOption) -> float | None:
        """The price of one accelerator for an hour; None where the list does not say."""
        price = {
            "on-demand": self.on_demand_usd_per_hour,
            "spot": self.spot_usd_per_hour,
            "reserved": self.reserved_1yr_usd_per_hour,
        }.get(option)
        return None if price is None else price / self.accelerators


@dataclass(frozen=True)
class PriceList:
    id: str
    name: str
    currency: Literal["USD"]
    instances: tuple[Instance, ...]
