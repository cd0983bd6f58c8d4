"""Who pays, and how: salaries, energy, storage, labelling, the life of hardware.

A figure says its own source; the source of a block stands for its figures that say none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from advisor.catalog.hardware import Fraction, NonNegative, Positive
from advisor.catalog.pricing import Commitment, PurchaseOption
from advisor.catalog.quantity import Quantity, Share, Source, Within

Factor = Annotated[Quantity, Within(least=1)]
NOTHING_LOST = Quantity.exact(0.0)
ReachedShare = Annotated[Quantity, Within(0.05, 1)]
ALL_REACHED = Quantity.exact(1.0)
# Work of which nothing gets done costs without end.
Count = Annotated[Quantity, Within(least=0)]
LostShare = Annotated[Quantity, Within(0, 0.95)]


@dataclass(frozen=True)
class People:
    salaries_usd_per_year: Mapping[str, Quantity]
    on_cost_factor: Factor
    """What an hour of work costs over the wage: 1.3 is 30% on top."""
    working_days_per_year: Annotated[float, Meta(gt=0, le=366)]
    effort_role: str
    """The role whose days implement a strategy; a key of `salaries_usd_per_year`."""
    source: Source | None = None

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
    grid_gco2e_per_kwh: Quantity | None = None
    """Emissions of the grid that the machines draw from, in grams of CO2 equivalent."""
    source: Source | None = None


@dataclass(frozen=True)
class Storage:
    object_usd_per_gb_month: Quantity
    egress_usd_per_gb: Quantity
    tiers_usd_per_gb_month: Mapping[str, Quantity] = field(default_factory=dict)
    """Other tiers by name, colder and faster ones, beside the object storage of every day."""
    retrieval_usd_per_gb: Mapping[str, Quantity] = field(default_factory=dict)
    """What reading a gigabyte back from a colder one of those costs."""
    source: Source | None = None


@dataclass(frozen=True)
class Rental:
    """Where and how accelerators are rented: the cheapest of `clouds` that lists the part."""

    clouds: tuple[str, ...]
    purchase_option: PurchaseOption
    regions: tuple[str, ...] = ()
    """Where the machines may stand, as the price lists name regions; empty for anywhere."""
    negotiated_discount: Fraction = 0.0
    """Off the on-demand, spot and reserved prices of every list."""
    commitment: Commitment = "1-year"
    """How long reserved capacity is committed to."""
    reserved_discount: Share | None = None
    """The organization's own, off the on-demand price; the price lists' own where absent."""
    cpu_usd_per_core_hour: Quantity | None = None
    """For pre-processing."""
    source: Source | None = None


@dataclass(frozen=True)
class Ownership:
    lifetime_months: Positive
    residual_fraction: Share
    host_overhead_fraction: Quantity
    """Servers, network and extras, as a share of the accelerators' price."""
    maintenance_fraction_per_year: Share | None
    colocation_usd_per_kw_month: Quantity
    host_power_fraction: Quantity | None = None
    """Power of servers, fans and network beside the accelerators', as a share of it."""
    owned_accelerators: Mapping[str, NonNegative] = field(default_factory=dict)
    """Bought already, by hardware id: paid for whether the workload needs them or not."""
    source: Source | None = None


@dataclass(frozen=True)
class Capacity:
    target_utilisation: Annotated[float, Meta(gt=0, le=1)]
    """Share of an accelerator's throughput that is planned with at the peak."""
    spot_lost_work_fraction: LostShare
    """Share of spot hours lost to preemption: work since the last checkpoint, and restarting."""
    spot_fallback_fraction: Share = NOTHING_LOST
    """Share of the hours for which there is no spot capacity: they are bought on demand."""
    failed_work_fraction: LostShare = NOTHING_LOST
    """Share of training hours lost to failing machines, however they are bought."""
    standing_still_fraction: LostShare = NOTHING_LOST
    """Share of training hours in which nothing failed and no step runs: starting, evaluating,
    writing checkpoints, waiting for data or for a person."""
    training_efficiency: ReachedShare = ALL_REACHED
    """Speed of the team's training code over that of a well-tuned one on the same machines."""
    neighbour_accelerators: Count | None = None
    """Accelerators that other models, put on one fleet with this one, keep busy at its peak; None
    where nobody looked."""
    source: Source | None = None


@dataclass(frozen=True)
class Finance:
    """What money later is worth today."""

    discount_rate_per_year: Share
    """What a year's wait costs: a dollar in a year is worth 1 ÷ (1 + rate) today."""
    source: Source | None = None


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
    finance: Finance | None = None
    """None where the discount rate is not known: then no present value is."""
