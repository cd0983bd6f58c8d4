"""What a figure stands on, in a few words beside it."""

from __future__ import annotations

from advisor import units
from advisor.measurement.comparison import MeasuredVariant
from advisor.projection.result import Component, Estimate, Projection


def saving(before: Projection, after: Projection, component: Component | None = None) -> Estimate:
    """USD per month that `after` costs more than `before`, case by case: negative is cheaper.

    Both ends are taken of the same case, since a price that is uncertain is the same in both.
    """
    one, two = before.bill.total(component), after.bill.total(component)
    ends = (two.low - one.low, two.expected - one.expected, two.high - one.high)
    return Estimate(min(ends), ends[1], max(ends))


def projected(change: Estimate) -> str:
    spread = units.plus_minus(change.low, change.expected, change.high)
    return f"projected {spread}".rstrip()


def measured(found: MeasuredVariant) -> str:
    return f"measured n={found.measurement.variant.latency_s.repeats}"


def projection_error(found: MeasuredVariant) -> str:
    """The error of the projection beside the measurement that showed it."""
    if found.latency_error is None:
        return "no hardware profile of this machine, so no projection to compare"
    return f"projection error {units.percent(found.latency_error, signed=True)}"


def change_of(before: float | None, after: float | None) -> str:
    """The change from `before` to `after` as a signed share of `before`."""
    if before is None or after is None or before == 0:
        return "–"
    return units.percent((after - before) / before, signed=True).replace("-0.0%", "+0.0%")
