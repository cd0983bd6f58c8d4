"""The price that the bill is computed with is months older than others of the catalogue.

## What it sees
The listed price of an hour, and the newest date in the organization's price lists.

## Why it matters
Prices of accelerators have fallen by a third within a year, and spot prices move within days. A
plan that rests on an old one may rank ways of buying in the wrong order.

## What to do
Look the price up again, and write it into the price list with its date.

## Sources
The `source` of each instance in `profiles/pricing`.
"""

from __future__ import annotations

import re

from advisor.advice.rule import Facts, Finding, Rule
from advisor.catalog.pricing import PurchaseOption
from advisor.projection.prices import hourly_price

SLUG = "prices-gone-stale"
STALE_MONTHS = 3
"""A third less in twelve months is about a tenth in three: more than most choices turn on."""
DATE = re.compile(r"(20\d\d)-(\d\d)")
OPTIONS: tuple[PurchaseOption, ...] = ("on-demand", "spot", "reserved")


def check(facts: Facts) -> Finding | None:
    rental = facts.scenario.organization.rental
    dates = [
        when
        for cloud in rental.clouds
        for each in facts.scenario.price_lists[cloud].instances
        for when in _months(each.source.as_of)
    ]
    if rental.purchase_option == "owned" or not dates:
        return None
    old = []
    for option in OPTIONS:
        price = hourly_price(facts.scenario, option)
        source = None if price.list_usd is None else price.list_usd.source
        read = [] if source is None else _months(source.as_of)
        if read and max(dates) - min(read) >= STALE_MONTHS:
            old.append((option, price.basis))
    if not old:
        return None
    return Finding(
        SLUG,
        "note",
        f"prices are {STALE_MONTHS} months or more older than the newest in the same lists",
        tuple(old),
    )


def _months(as_of: str) -> list[int]:
    """Every month that a date names, counted from the year 0."""
    return [12 * int(year) + int(month) for year, month in DATE.findall(as_of)]


RULE = Rule(SLUG, "a price much older than the newest one listed", check)
