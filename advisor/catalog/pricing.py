"""Price lists of clouds: what an hour of an instance costs, bought in different ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from msgspec import Meta

from advisor.catalog.quantity import Share, Source

# No instance on any list costs as much as the upper limit: above it, it is a marker or a slip.
UsdPerHour = Annotated[float, Meta(gt=0, le=2_000)]
PurchaseOption = Literal["on-demand", "spot", "reserved", "owned"]
Commitment = Literal["1-year", "3-year"]
EVERY_REGION = "all"


@dataclass(frozen=True)
class Instance:
    """One instance type; prices are of the whole instance. An absent price is not known."""

    type: str
    hardware: str
    accelerators: Annotated[float, Meta(gt=0)]
    region: str
    source: Source
    vcpus: Annotated[float, Meta(gt=0)] | None = None
    memory_gib: Annotated[float, Meta(gt=0)] | None = None
    on_demand_usd_per_hour: UsdPerHour | None = None
    spot_usd_per_hour: UsdPerHour | None = None
    reserved_1yr_usd_per_hour: UsdPerHour | None = None
    reserved_3yr_usd_per_hour: UsdPerHour | None = None
    spot_source: Source | None = None
    """Of the spot price, where another than `source` published it."""
    excludes: str | None = None
    """What the price leaves out; such a price is shown, and nothing is charged at it."""

    def source_of(self, option: PurchaseOption) -> Source:
        return (self.spot_source or self.source) if option == "spot" else self.source

    def usd_per_accelerator_hour(
        self, option: PurchaseOption, commitment: Commitment = "1-year"
    ) -> float | None:
        """The price of one accelerator for an hour; None where the list does not say."""
        reserved = {
            "1-year": self.reserved_1yr_usd_per_hour,
            "3-year": self.reserved_3yr_usd_per_hour,
        }
        price = {
            "on-demand": self.on_demand_usd_per_hour,
            "spot": self.spot_usd_per_hour,
            "reserved": reserved[commitment],
        }.get(option)
        return None if price is None else price / self.accelerators


@dataclass(frozen=True)
class PriceList:
    """`reserved_discounts` are off the on-demand price, for instances without a reserved one."""

    id: str
    name: str
    currency: Literal["USD"]
    instances: tuple[Instance, ...]
    reserved_discounts: Mapping[Commitment, Share] = field(default_factory=dict)
