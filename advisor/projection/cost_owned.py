"""What owned accelerators cost: written off, maintained, housed and powered, needed or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from advisor.projection.capacity import Fleet
from advisor.projection.lines import CostLine, Input, Known, paid
from advisor.projection.operators import Flags, Floats
from advisor.projection.scenario import Case, Scenario, costly

MONTHS_PER_YEAR = 12.0
W_PER_KW = 1e3
HOST = "host and network"
PURCHASES = ("purchase", HOST)
"""The lines that write off what was bought at once."""


@dataclass(frozen=True)
class _Terms:
    """The figures of one accelerator's ownership at one end of their ranges."""

    price: Known
    host: Known
    residual: Known
    life: Known
    yearly: Known
    tdp: Known
    housing: Known
    beside: Known
    """Of hosts, over the accelerators' power."""


def owned_lines(
    scenario: Scenario, fleet: Fleet, serving: Flags, training: Flags, case: Case
) -> Iterator[CostLine]:
    """Hardware of the setups that are owned, what stands idle beside it, and its energy.

    `serving` says whose serving is owned, which trains too; `training` whose training is.
    """
    owned = serving | training
    if not owned.any():
        return
    terms = _terms(scenario, case)
    hours = fleet.serving_hours + fleet.training_hours + fleet.recovery_hours
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(hours > 0, fleet.serving_hours / hours, 1.0)
    share = np.where(training & ~serving, 0.0, share)
    trains = np.where(training, fleet.owned_for_training, 0.0)
    needed = np.where(serving, fleet.owned_accelerators, trains)
    already = scenario.organization.ownership.owned_accelerators.get(scenario.hardware.id, 0.0)
    idle = np.where(owned, np.maximum(already - needed, 0.0), 0.0)
    yield from _hardware(scenario, terms, needed, "needed", share)
    if np.any(idle > 0):
        yield from _hardware(scenario, terms, idle, "owned and idle", share)
    drawn = np.where(training, fleet.training_energy_kwh, 0.0)
    drawn = np.where(serving, fleet.energy_kwh, drawn)
    yield _energy(scenario, terms, drawn, share, case)


def _terms(scenario: Scenario, case: Case) -> _Terms:
    part = scenario.hardware
    price, power = part.purchase, part.power
    own = "ownership."
    return _Terms(
        price=Known(
            "purchase price", np.nan if price is None else costly(price.price_usd, case), "USD",
            f"hardware {part.id}: purchase.price_usd", price.source if price else None,
        ),
        host=paid(
            scenario, f"{own}host_overhead_fraction", HOST, "of the price", case
        ),
        residual=paid(
            scenario, f"{own}residual_fraction", "residual value", "of the price", case, helps=True
        ),
        life=paid(scenario, f"{own}lifetime_months", "life", "months", case),
        yearly=paid(
            scenario, f"{own}maintenance_fraction_per_year", "maintenance a year", "of the price",
            case,
        ),
        tdp=Known(
            "TDP", np.nan if power is None else power.tdp_w or np.nan, "W",
            f"hardware {part.id}: power.tdp_w", power.source if power else None,
        ),
        housing=paid(
            scenario, f"{own}colocation_usd_per_kw_month", "price of a kW housed", "USD/month", case
        ),
        beside=paid(
            scenario, f"{own}host_power_fraction", "power of hosts", "of the accelerators'", case
        ),
    )  # fmt: skip


def _hardware(
    scenario: Scenario, terms: _Terms, count: Floats, which: str, share: Floats
) -> Iterator[CostLine]:
    """Purchase, host, maintenance and housing of `count` (setups,) accelerators."""
    name = {"needed": "{}", "owned and idle": "{}, owned and idle"}[which]
    accelerators = Input(f"accelerators {which}", count, "accelerators", "projected")
    no_price = f"purchase price of {scenario.hardware.id}: not in the catalogue"
    no_price_or_none = no_price if np.isnan(terms.price.value) else None
    no_upkeep = "maintenance of owned hardware: not given"
    price, written_off = terms.price.value, (1 - terms.residual.value) / terms.life.value

    def line(
        title: str, unit_price: float, formula: str, missing: str | None, *inputs: Known
    ) -> CostLine:
        return CostLine(
            "hardware", name.format(title), count, "accelerators", np.full_like(count, unit_price),
            formula, missing, (accelerators, *inputs), share,
        )  # fmt: skip

    yield line(
        "purchase", price * written_off,
        f"{accelerators.name} × purchase price × (1 − residual value) ÷ life",
        no_price_or_none, terms.price, terms.residual, terms.life,
    )  # fmt: skip
    yield line(
        HOST, price * terms.host.value * written_off,
        f"{accelerators.name} × purchase price × host and network × (1 − residual value) ÷ life",
        no_price_or_none, terms.price, terms.host, terms.residual, terms.life,
    )  # fmt: skip
    yield line(
        "maintenance",
        price * (1 + terms.host.value) * terms.yearly.value / MONTHS_PER_YEAR,
        f"{accelerators.name} × purchase price × (1 + host and network) × maintenance a year ÷ 12",
        no_price_or_none or (no_upkeep if np.isnan(terms.yearly.value) else None),
        terms.price, terms.host, terms.yearly,
    )  # fmt: skip
    yield line(
        "colocation",
        terms.tdp.value / W_PER_KW * (1 + terms.beside.value) * terms.housing.value,
        f"{accelerators.name} × TDP ÷ 1000 × (1 + power of hosts) × price of a kW housed",
        _no_power(scenario, terms), terms.tdp, terms.beside, terms.housing,
    )  # fmt: skip


def _no_power(scenario: Scenario, terms: _Terms) -> str | None:
    if np.isnan(terms.tdp.value):
        return f"power of {scenario.hardware.id}: not in the catalogue"
    return "power of hosts of owned hardware: not given" if np.isnan(terms.beside.value) else None


def _energy(
    scenario: Scenario, terms: _Terms, drawn_kwh: Floats, share: Floats, case: Case
) -> CostLine:
    """What the accelerators and their hosts draw."""
    price = paid(scenario, "energy.usd_per_kwh", "price of electricity", "USD/kWh", case)
    overhead = paid(
        scenario, "energy.power_usage_effectiveness", "power usage effectiveness", "", case
    )
    drawn = Input("energy drawn", drawn_kwh, "kWh", "projected")
    return CostLine(
        "training_and_deployment", "energy", drawn_kwh, "kWh",
        np.full_like(drawn_kwh, (1 + terms.beside.value) * price.value * overhead.value),
        "energy drawn × (1 + power of hosts) × price of electricity × power usage effectiveness",
        _no_power(scenario, terms), (drawn, terms.beside, price, overhead), share,
    )  # fmt: skip
