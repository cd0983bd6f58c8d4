"""Prices of a bill that are older than they should be. Today is handed in."""

from __future__ import annotations

from datetime import date

from advisor.catalog.age import OLD_AFTER_DAYS, age_days, is_old
from advisor.projection.result import Bill

PRICE_UNIT = "USD"


def old_prices(bill: Bill, today: date) -> tuple[str, ...]:
    """One line for each price in the bill's inputs whose source is old, the oldest first."""
    found: dict[str, tuple[int, str]] = {}
    for item in bill.lines:
        for each in item.inputs:
            if each.source is None or not each.unit.startswith(PRICE_UNIT):
                continue
            age = age_days(each.source, today)
            if age is not None and is_old(each.source, today):
                found[each.origin] = (-age, f"{each.name} ({each.origin}, {each.source.as_of})")
    return tuple(f"{name}: {-age} days old" for age, name in sorted(found.values()))


def warning(bill: Bill, today: date) -> str | None:
    """A paragraph for people, None where no price is old."""
    old = old_prices(bill, today)
    if not old:
        return None
    return "\n  ".join((f"prices older than {OLD_AFTER_DAYS} days:", *old))
