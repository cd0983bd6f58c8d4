"""Hardware, and training and deployment: what computing costs, owned or rented."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from advisor.catalog.pricing import PurchaseOption
from advisor.projection.capacity import Fleet
from advisor.projection.lines import CostLine
from advisor.projection.operators import Floats
from advisor.projection.prices import HourlyPrice, hourly_price
from advisor.projection.scenario import Case, Scenario, costly, helpful

BYTES_PER_GB = 1e9


def compute_lines(
    scenario: Scenario, fleet: Fleet, serving_options: list[PurchaseOption],
    training_options: list[PurchaseOption], case: Case,
) -> Iterator[CostLine]:  # fmt: skip
    """Lines for every accelerator, bought by the option of its setup.

    Owned parts and reserved commitments are hardware: paid whether used or not. On-demand and
    spot hours are training and deployment.
    """
    owned = np.array([option == "owned" for option in serving_options])
    yield from _owned_lines(scenario, fleet, owned, case)
    serving_hours = np.where(owned, 0.0, fleet.serving_hours)
    # What is owned serves training too: the fleet was sized for both.
    training_hours = np.where(owned, 0.0, fleet.training_hours)
    yield from _rented_lines(scenario, "serving", serving_hours, serving_options, case)
    yield from _rented_lines(scenario, "training", training_hours, training_options, case)


def _lost_work(scenario: Scenario, option: PurchaseOption, case: Case) -> float:
    """Hours paid for each hour of progress: preempted spot work is done again."""
    if option != "spot":
        return 1.0
    return 1.0 / (1.0 - costly(scenario.organization.capacity.spot_lost_work_fraction, case))


def _rented_lines(
    scenario: Scenario, use: str, hours: Floats, options: list[PurchaseOption], case: Case
) -> Iterator[CostLine]:
    for option in sorted(set(options) - {"owned"}):
        chosen = np.array([each == option for each in options])
        paid = np.where(chosen, hours * _lost_work(scenario, option, case), 0.0)
        price: HourlyPrice = hourly_price(scenario, option)
        unit_price = np.nan if price.usd is None else costly(price.usd, case)
        yield CostLine(
            component="hardware" if option == "reserved" else "training_and_deployment",
            name=f"{use}, {option}",
            quantity=paid,
            unit="accelerator hours",
            unit_price_usd=np.full_like(paid, unit_price),
            formula=f"accelerator hours of {use} × hourly price ({price.basis})",
            missing=price.missing or _unknown_hours(scenario, use, paid),
        )


def _unknown_hours(scenario: Scenario, use: str, hours: Floats) -> str | None:
    if np.isfinite(hours).all():
        return None
    return f"time of {use} over several {scenario.hardware.id}: no link between them is known"


def _owned_lines(
    scenario: Scenario, fleet: Fleet, owned: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    case: Case,
) -> Iterator[CostLine]:  # fmt: skip
    if not owned.any():
        return
    terms, purchase = scenario.organization.ownership, scenario.hardware.purchase
    count = np.where(owned, fleet.owned_accelerators, 0.0)
    price = np.nan if purchase is None else costly(purchase.price_usd, case)
    installed = price * (1 + costly(terms.host_overhead_fraction, case))
    no_price = f"purchase price of {scenario.hardware.id}: not in the catalogue"
    missing_price = no_price if purchase is None else None
    kept = 1 - helpful(terms.residual_fraction, case)

    def line(name: str, unit_price: float, formula: str, missing: str | None) -> CostLine:
        return CostLine(
            "hardware",
            name,
            count,
            "accelerators",
            np.full_like(count, unit_price),
            formula,
            missing,
        )

    yield line(
        "purchase", installed * kept / terms.lifetime_months,
        "accelerators × price with host and network × (1 − residual) ÷ months of life",
        missing_price,
    )  # fmt: skip
    yearly = terms.maintenance_fraction_per_year
    yield line(
        "maintenance", np.nan if yearly is None else installed * costly(yearly, case) / 12,
        "accelerators × price with host and network × maintenance a year ÷ 12",
        missing_price or ("maintenance of owned hardware: not given" if yearly is None else None),
    )  # fmt: skip
    tdp_w = scenario.hardware.power.tdp_w if scenario.hardware.power else None
    no_power = None if tdp_w else f"power of {scenario.hardware.id}: not in the catalogue"
    yield line(
        "colocation", (tdp_w or np.nan) / 1e3 * costly(terms.colocation_usd_per_kw_month, case),
        "accelerators × TDP × price of a kW", no_power,
    )  # fmt: skip
    energy = scenario.organization.energy
    kwh_price = costly(energy.usd_per_kwh, case) * costly(energy.power_usage_effectiveness, case)
    drawn = np.where(owned, fleet.energy_kwh, 0.0)
    yield CostLine(
        "training_and_deployment", "energy", drawn, "kWh", np.full_like(drawn, kwh_price),
        "kWh drawn × price × power usage effectiveness", no_power,
    )  # fmt: skip


def keeping_lines(scenario: Scenario, checkpoint_bytes: Floats, case: Case) -> Iterator[CostLine]:
    """Checkpoints kept and answers sent out."""
    storage, workload = scenario.organization.storage, scenario.workload
    kept = checkpoint_bytes / BYTES_PER_GB * workload.training.checkpoints_kept
    yield CostLine(
        "training_and_deployment", "checkpoints", kept, "GB",
        np.full_like(kept, costly(storage.object_usd_per_gb_month, case)),
        "checkpoints kept × bytes of one × price of storage",
    )  # fmt: skip
    sent = workload.serving.requests_per_month * workload.serving.response_bytes / BYTES_PER_GB
    yield CostLine(
        "training_and_deployment", "egress", np.full_like(kept, sent), "GB",
        np.full_like(kept, costly(storage.egress_usd_per_gb, case)),
        "requests × bytes of a response × price of egress",
    )  # fmt: skip
