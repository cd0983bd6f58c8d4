"""One line item in words: what it comes to, its formula, and each input with its source."""

from __future__ import annotations

from advisor import units
from advisor.projection.result import LineInput, LineItem


def sum_text(item: LineItem) -> str:
    """Quantity × unit price = USD a month."""
    usd = item.usd_per_month.expected if item.usd_per_month else None
    price = item.unit_price_usd.expected if item.unit_price_usd else None
    quantity = units.number(item.quantity.expected if item.quantity else None, item.unit)
    return f"{quantity} × {units.unit_price(price)} = {units.usd(usd)}"


def input_text(each: LineInput) -> str:
    """Name, value with its range, unit, the key it stands under, and who published it."""
    value = units.number(each.value.expected if each.value else None)
    if each.value is not None and each.value.low != each.value.high:
        value += f" ({units.number(each.value.low)} to {units.number(each.value.high)})"
    told = "" if each.source is None else f" [{each.source}]"
    return f"{each.name}: {value} {each.unit}".rstrip() + f", {each.origin}{told}"
