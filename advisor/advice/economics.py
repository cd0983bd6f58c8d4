"""What a change of setup is worth as an investment: work once, a saving every month.

Derived from the bills of two projections. What was spent once is the bill's own line for it, so
that nothing is priced here a second time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.catalog.organization import Organization
from advisor.catalog.quantity import Quantity
from advisor.projection.cost_people_data import CARRYING_OUT
from advisor.projection.result import Bill, Estimate, saving_usd
from advisor.projection.scenario import Scenario

MONTHS_PER_YEAR = 12.0


@dataclass(frozen=True)
class Economics:
    """Figures are None where a price or the discount rate is not known.

    The low end has the smallest saving and the most work, the high end the opposite; of months to
    pay back it is the other way round.
    """

    up_front_usd: Estimate
    """The one-off days of work."""
    saving_usd_per_month: Estimate | None
    """Of the month's bill without those days; negative where it grows."""
    payback_months: Estimate | None
    """Up-front cost ÷ monthly saving; infinite where it is never paid back."""
    net_present_value_usd: Estimate | None
    """Over the horizon, at the organization's discount rate."""
    return_fraction: Estimate | None
    """(saving over the horizon − up-front cost) ÷ up-front cost, not discounted; None where
    nothing is spent."""
    horizon_months: float
    discount_rate_per_year: Quantity | None


def economics(scenario: Scenario, before: Bill, after: Bill) -> Economics:
    """What going from `before` to `after` is worth to the scenario's organization."""
    months = scenario.workload.horizon_months
    rate = discount_rate(scenario.organization)
    spent = _difference(_once(after, months), _once(before, months))
    saving = _running_saving(before, after)
    return Economics(
        up_front_usd=spent,
        saving_usd_per_month=saving,
        payback_months=None if saving is None else _payback(spent, saving),
        net_present_value_usd=(
            None if saving is None or rate is None else _present_value(spent, saving, rate, months)
        ),
        return_fraction=None if saving is None else _return(spent, saving, months),
        horizon_months=months,
        discount_rate_per_year=rate,
    )


def discount_rate(organization: Organization) -> Quantity | None:
    """None where the organization states none."""
    finance = organization.finance
    return None if finance is None else finance.discount_rate_per_year


def payback_months(up_front_usd: float, saving_usd_per_month: float) -> float:
    """Months until the savings have paid for the work; infinite where they never do."""
    if up_front_usd <= 0:
        return 0.0
    return up_front_usd / saving_usd_per_month if saving_usd_per_month > 0 else math.inf


def net_present_value_usd(
    up_front_usd: float, saving_usd_per_month: float, rate_per_year: float, months: float
) -> float:
    """−U + Σ S ÷ (1 + r)^(m ÷ 12) for the months m = 1 … `months`.

    The saving of a month comes at its end, and that of a part of a month with the horizon.
    """
    whole = math.floor(months)
    by_month: float = (1 + rate_per_year) ** (-1 / MONTHS_PER_YEAR)
    worth: float = sum(by_month**month for month in range(1, whole + 1))
    worth += (months - whole) * by_month**months
    return saving_usd_per_month * worth - up_front_usd


def _once(bill: Bill, months: float) -> Estimate:
    """The one-off work of a bill that spreads it over `months`."""
    lines = [line for line in bill.lines if line.name == CARRYING_OUT]
    known = [line.usd_per_month for line in lines if line.usd_per_month is not None]
    return Estimate(
        months * sum(cost.low for cost in known),
        months * sum(cost.expected for cost in known),
        months * sum(cost.high for cost in known),
    )


def _running_saving(before: Bill, after: Bill) -> Estimate | None:
    """Case by case: a price that is uncertain is the same before and after."""
    running = [_without_once(bill) for bill in (before, after)]
    if saving_usd(*running) is None:
        return None
    return _difference(*(bill.total() for bill in running))


def _without_once(bill: Bill) -> Bill:
    return Bill(tuple(line for line in bill.lines if line.name != CARRYING_OUT))


def _difference(one: Estimate, other: Estimate) -> Estimate:
    ends = (one.low - other.low, one.expected - other.expected, one.high - other.high)
    return Estimate(min(ends), ends[1], max(ends))


def _payback(spent: Estimate, saving: Estimate) -> Estimate:
    return Estimate(
        payback_months(spent.low, saving.high),
        payback_months(spent.expected, saving.expected),
        payback_months(spent.high, saving.low),
    )


def _present_value(spent: Estimate, saving: Estimate, rate: Quantity, months: float) -> Estimate:
    """Waiting costs most at the high rate where there is a saving, at the low one otherwise."""
    least = rate.high if saving.low > 0 else rate.low
    most = rate.low if saving.high > 0 else rate.high
    return Estimate(
        net_present_value_usd(spent.high, saving.low, least, months),
        net_present_value_usd(spent.expected, saving.expected, rate.expected, months),
        net_present_value_usd(spent.low, saving.high, most, months),
    )


def _return(spent: Estimate, saving: Estimate, months: float) -> Estimate | None:
    if spent.low <= 0:
        return None
    return Estimate(
        min(_gained(spent.high, saving.low, months), _gained(spent.low, saving.low, months)),
        _gained(spent.expected, saving.expected, months),
        max(_gained(spent.low, saving.high, months), _gained(spent.high, saving.high, months)),
    )


def _gained(spent: float, saving: float, months: float) -> float:
    return (saving * months - spent) / spent
