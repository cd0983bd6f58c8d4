"""What a thousand requests, a million tokens and a training run cost, and what they emit.

Derived from a bill: computing is shared between serving and training by the hours each is paid
for; data and people belong to neither, so they are only in the figure of everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from advisor.catalog.organization import Organization
from advisor.catalog.workload import Workload
from advisor.projection.result import Bill, Estimate
from advisor.projection.scenario import Case, costly

KG_PER_G = 1e-3


@dataclass(frozen=True)
class UnitCosts:
    """USD, and kg of CO2 equivalent; None where nothing of it is asked for or it is not known."""

    usd_per_1000_requests: Estimate | None
    """Computing, storage and egress of serving."""
    usd_per_1000_requests_all: Estimate | None
    """The whole bill, data and people too, over the requests."""
    usd_per_million_tokens: Estimate | None
    """As per 1,000 requests, over their prompt and output tokens."""
    usd_per_training_run: Estimate | None
    """One run that is kept, with the experiments and failures around it."""
    co2e_kg_per_month: Estimate | None
    missing: tuple[str, ...]
    """Prices that are not known; every USD figure is at least so much then."""


def unit_costs(
    bill: Bill, energy_kwh: Estimate | None, workload: Workload, organization: Organization
) -> UnitCosts:
    """Divide `bill` of one month by what `workload` asks for in it."""
    serving, asked = workload.serving, workload.serving.requests_per_month
    served = use_total(bill, "serving")
    tokens = (serving.prompt_tokens or 0) + (serving.output_tokens or 0)
    return UnitCosts(
        usd_per_1000_requests=_per(served, asked / 1e3),
        usd_per_1000_requests_all=_per(bill.total(), asked / 1e3),
        usd_per_million_tokens=_per(served, asked * tokens / 1e6),
        usd_per_training_run=_per(use_total(bill, "training"), workload.training.runs_per_month),
        co2e_kg_per_month=emissions_kg(energy_kwh, organization),
        missing=bill.missing,
    )


def use_total(bill: Bill, use: Literal["serving", "training"]) -> Estimate:
    """USD per month of the known lines that `use` causes."""
    known = [
        (line.usd_per_month, share if use == "serving" else 1 - share)
        for line in bill.lines
        if line.usd_per_month is not None and (share := line.serving_share) is not None
    ]
    return Estimate(
        sum(cost.low * share for cost, share in known),
        sum(cost.expected * share for cost, share in known),
        sum(cost.high * share for cost, share in known),
    )


def emissions_kg(energy_kwh: Estimate | None, organization: Organization) -> Estimate | None:
    """Energy drawn × (1 + power of hosts) × power usage effectiveness × intensity of the grid.

    Rented hosts are taken to draw what owned ones do. None where the power of the part or of its
    host, or the grid's intensity, is not known.
    """
    energy, grid = organization.energy, organization.energy.grid_gco2e_per_kwh
    hosts = organization.ownership.host_power_fraction
    if energy_kwh is None or grid is None or hosts is None:
        return None
    overhead = energy.power_usage_effectiveness

    def kg(end: Case) -> float:
        kwh: float = getattr(energy_kwh, end) * (1 + costly(hosts, end))
        return kwh * costly(overhead, end) * costly(grid, end) * KG_PER_G

    return Estimate(kg("low"), kg("expected"), kg("high"))


def _per(total: Estimate, count: float) -> Estimate | None:
    if count <= 0:
        return None
    return Estimate(total.low / count, total.expected / count, total.high / count)
