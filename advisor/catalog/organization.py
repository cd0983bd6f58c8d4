"""Who pays, and how: salaries, energy, storage, labelling, the life of hardware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from advisor.catalog.hardware import Fraction, Positive
from advisor.catalog.pricing import PurchaseOption
from advisor.catalog.quantity import Quantity, Share, Within

Factor = Annotated[Quantity, Within(least=1)]


@dataclass(frozen=True)
class People:
    salaries_usd_per_year: Mapping[str, Quantity]
    on_cost_factor: Factor
    """What an hour of work costs over the wage: 1.3 is 30% on top."""
    working_days_per_year: Annotated[float, Meta(gt=0, le=366)]
    effort_role: str
    """The role whose days implement a strategy; a key of `salaries_usd_per_year`."""

    def __post_init__(self) -> None:
        if self.effort_role not in self.salaries_usd_per_year:
            roles = ", ".join(self.salaries_usd_per_year)
            raise ValueError(f"effort_role {self.effort_role!r} has no salary; roles: {roles}")


@dataclass(frozen=True)
class Energy:
    usd_per_kwh: Quantity
    power_usage_effectiveness: Factor
    idle_power_fraction: Fraction
    """Power drawn by an idle accelerator, as a share of its TDP."""


@dataclass(frozen=True)
class Storage:
    object_usd_per_gb_month: Quantity
    egress_usd_per_gb: Quantity


@dataclass(frozen=True)
class Rental:
    """Where and how accelerators are rented: the cheapest of `clouds` that lists the part."""

    clouds: tuple[str, ...]
    purchase_option: PurchaseOption
    negotiated_discount: Fraction = 0.0
    reserved_discount: Share | None = None
    """Off the on-demand price for a one-year commitment, where no reserved price is listed."""
    cpu_usd_per_core_hour: Quantity | None = None
    """For pre-processing."""


@dataclass(frozen=True)
class Ownership:
    lifetime_months: Positive
    residual_fraction: Share
    host_overhead_fraction: Quantity
    """Servers, network and extras, as a share of the accelerators' price."""
    maintenance_fraction_per_year: Share | None
    colocation_usd_per_kw_month: Quantity


@dataclass(frozen=True)
class Capacity:
    target_utilisation: Annotated[float, Meta(gt=0, le=1)]
    """Share of an accelerator's throughput that is planned with at the peak."""
    spot_lost_work_fraction: Share
    """Share of spot hours lost to preemption: work since the last checkpoint, and restarting."""


@dataclass(frozen=True)
class Organization:
    id: str
    title: str
    people: People
    energy: Energy
    storage: Storage
    rental: Rental
    ownership: Ownership
    capacity: Capacity
    labels_usd: Mapping[str, Quantity]
    """Price of one label by one person, by kind of label."""
