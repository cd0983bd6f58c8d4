"""What would have to give way, in words."""

from __future__ import annotations

from advisor import units
from advisor.advice.relax import Limit, Relaxation


def relaxation_text(found: Relaxation) -> str:
    """One limit with the least it would have to be, or two that contradict each other."""
    first, *others = found.limits
    needed = _figure(first, found.needed[0])
    then = f"; then the cheapest setup costs {units.usd(found.usd_per_month)} a month"
    if not others:
        return f"{first.name}: {needed} or more instead of {_figure(first, first.value)}{then}"
    (other,) = others
    return (
        f"{first.name} and {other.name} contradict each other: beside a {other.name} that is not "
        f"limited, {first.name} would have to be {needed} or more instead of "
        f"{_figure(first, first.value)}{then}"
    )


def _figure(limit: Limit, value: float) -> str:
    if limit.unit == "ms":
        return units.seconds(value / 1e3)
    if limit.unit == "fraction":
        return units.percent(value, digits=2)
    return units.usd(value) if limit.unit == "USD" else f"{value:.3g} {limit.unit}"
