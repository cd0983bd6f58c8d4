"""The line items of a bill as text: quantity × unit price, the formula, and its inputs."""

from __future__ import annotations

from collections.abc import Iterator

from advisor import units
from advisor.cli._output import print_text
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Bill, LineInput, LineItem


def print_lines(bill: Bill) -> None:
    for component in COMPONENTS:
        items = [item for item in bill.lines if item.component == component]
        if items:
            print_text(f"\n{COMPONENT_TITLES[component]}")
            for item in items:
                print_text("\n".join(_item(item)))


def _item(item: LineItem) -> Iterator[str]:
    usd = item.usd_per_month.expected if item.usd_per_month else None
    price = item.unit_price_usd.expected if item.unit_price_usd else None
    quantity = units.number(item.quantity.expected if item.quantity else None, item.unit)
    yield f"  {item.name}: {quantity} × {units.unit_price(price)} = {units.usd(usd)}"
    if item.missing is not None:
        yield f"    not known: {item.missing}"
    yield f"    = {item.formula}"
    yield from (f"      {_input(each)}" for each in item.inputs)


def _input(each: LineInput) -> str:
    value = units.number(each.value.expected if each.value else None)
    if each.value is not None and each.value.low != each.value.high:
        value += f" ({units.number(each.value.low)} to {units.number(each.value.high)})"
    told = "" if each.source is None else f" [{each.source}]"
    return f"{each.name}: {value} {each.unit}".rstrip() + f", {each.origin}{told}"
