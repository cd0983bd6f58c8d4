"""What a figure stands on, in a few words beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import units
from advisor.projection.result import Component, Estimate, Projection

if TYPE_CHECKING:
    from advisor.measurement.comparison import MeasuredVariant
    from advisor.measurement.training_comparison import ComparedTraining
    from advisor.tui.render.line import Tone

NOT_MEASURED = "–"
NEAR_NOTHING_USD = 0.5
"""A month: less is not shown as a dollar."""


def saving(before: Projection, after: Projection, component: Component | None = None) -> Estimate:
    """USD per month that `after` costs more than `before`, case by case: negative is cheaper.

    Both ends are taken of the same case, since a price that is uncertain is the same in both.
    """
    one, two = before.bill.total(component), after.bill.total(component)
    ends = (two.low - one.low, two.expected - one.expected, two.high - one.high)
    return Estimate(min(ends), ends[1], max(ends))


MOST_SHARE = 3.0
"""From half a range of so many times the expected change on, it is told in dollars."""


def projected(change: Estimate) -> str:
    """That a change is projected, and its range."""
    return f"projected {range_of(change)}".rstrip()


def range_of(change: Estimate) -> str:
    """How far the change may be off, as a share of it; in dollars beside a change of near nothing.

    "≈0" where neither end of the range would be shown as a dollar, nothing where it has no range.
    """
    half_usd = (change.high - change.low) / 2
    if change.low == change.high:
        return ""
    if max(abs(change.low), abs(change.high)) < NEAR_NOTHING_USD:
        return "≈0"
    if half_usd < MOST_SHARE * abs(change.expected):
        return units.plus_minus(change.low, change.expected, change.high)
    return f"±{_short_usd(half_usd)}"


def _short_usd(value: float) -> str:
    """Whole dollars, thousands or millions: room for a share is room for this."""
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"${value / unit:,.0f}{name}"
    return f"${value:,.0f}"


def measured(found: MeasuredVariant | ComparedTraining) -> str:
    return f"measured n={found.variant_s.repeats}"


def measured_cell(text: str) -> tuple[str, Tone]:
    """In the colour of what was measured; a dash in it would look like a warning."""
    return text, "dim" if text == NOT_MEASURED else "accent"


def projection_error(found: MeasuredVariant | ComparedTraining) -> str:
    """The error of the projection beside the measurement that showed it."""
    if found.time_error is None:
        return "no hardware profile of this machine, so no projection to compare"
    return f"projection error {units.percent(found.time_error, signed=True)}"


def change_of(before: float | None, after: float | None) -> str:
    """The change from `before` to `after` as a signed share of `before`."""
    if before is None or after is None or before == 0:
        return "–"
    return units.percent((after - before) / before, signed=True).replace("-0.0%", "+0.0%")
