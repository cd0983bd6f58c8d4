"""Renting against buying the accelerators of one setup: after how long, and how busy.

Both are bills of the same engine; only the purchase option differs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from advisor.advice.economics import payback_months
from advisor.projection.cost_compute import REST
from advisor.projection.cost_owned import HOST, PURCHASES
from advisor.projection.project import project
from advisor.projection.result import Bill, Estimate, LineItem
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.units import HOURS_PER_MONTH


@dataclass(frozen=True)
class BreakEven:
    """USD; figures are None where a price is not known, and `missing` says which.

    Where `missing` leaves them known (maintenance, power), owning costs at least so much and the
    months are at least so many.
    """

    accelerators: float
    purchase_usd: float | None
    """Accelerators, hosts and network, as if none was owned yet."""
    owned_usd_per_month: float
    """Of owning: what is written off, maintenance, housing, energy."""
    rented_usd_per_month: float | None
    """Of the same work on demand."""
    months: float | None
    """Until rent would have paid for the purchase, with no residual value; infinite if never."""
    utilisation: float | None
    """The share of the month's hours in which an accelerator must be needed for owning it to cost
    no more than renting it for those hours; above 1 renting is always cheaper."""
    life_months: float
    missing: tuple[str, ...]


def break_even(scenario: Scenario, setup: Setup) -> BreakEven | None:
    """Compare on-demand with owned accelerators for `setup`; None where it needs none."""
    ownership = replace(scenario.organization.ownership, owned_accelerators={})
    payer = replace(scenario.organization, ownership=ownership)
    options = [
        replace(setup, serving_purchase="owned", training_purchase=None),
        replace(setup, serving_purchase="on-demand", training_purchase="on-demand"),
    ]
    owned, rented = (each.bill for each in project(replace(scenario, organization=payer), options))
    bought = [line for line in owned.lines if line.name in PURCHASES]
    if not bought:
        return None
    rent = _alone(rented, owned)
    running = _total(_alone(owned, rented)) - _total(bought)
    paid = None if any(line.missing for line in rent) else _total(rent)
    spent = _purchase_usd(bought)
    known = spent is not None and paid is not None
    return BreakEven(
        accelerators=_expected(bought[0].quantity),
        purchase_usd=spent,
        owned_usd_per_month=running + _total(bought),
        rented_usd_per_month=paid,
        months=payback_months(spent or 0.0, (paid or 0.0) - running) if known else None,
        utilisation=_utilisation(bought, running, rent) if known else None,
        life_months=ownership.lifetime_months,
        missing=tuple(
            dict.fromkeys(line.missing for line in (*owned.lines, *rent) if line.missing)
        ),
    )


def _alone(bill: Bill, other: Bill) -> list[LineItem]:
    """The lines of `bill` that `other` lacks: what the purchase option brings."""
    shared = {line.name for line in other.lines}
    return [line for line in bill.lines if line.name not in shared]


def _total(lines: list[LineItem]) -> float:
    return sum(_expected(line.usd_per_month) for line in lines if line.usd_per_month is not None)


def _expected(figures: Estimate | None) -> float:
    return math.nan if figures is None else figures.expected


def _purchase_usd(bought: list[LineItem]) -> float | None:
    """What is paid at once: accelerators × price, and the share of it that hosts cost."""
    paid = 0.0
    for line in bought:
        if line.usd_per_month is None:
            return None
        given = {each.name: _expected(each.value) for each in line.inputs}
        paid += _expected(line.quantity) * given["purchase price"] * given.get(HOST, 1.0)
    return paid


def _utilisation(bought: list[LineItem], running: float, rent: list[LineItem]) -> float | None:
    """The owned bill of one accelerator over the rent of one for a whole month."""
    needed = [line for line in rent if REST not in line.name]
    hours = sum(_expected(line.quantity) for line in needed)
    if hours <= 0:
        return None
    owned = (_total(bought) + running) / _expected(bought[0].quantity)
    return owned / (_total(rent) / hours * HOURS_PER_MONTH)
