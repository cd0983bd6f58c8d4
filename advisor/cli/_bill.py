"""The line items of a bill as text: quantity × unit price, the formula, and its inputs."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.cli._output import print_text
from advisor.projection.line_text import input_text, sum_text
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Bill, LineItem


def print_lines(bill: Bill) -> None:
    for component in COMPONENTS:
        items = [item for item in bill.lines if item.component == component]
        if items:
            print_text(f"\n{COMPONENT_TITLES[component]}")
            for item in items:
                print_text("\n".join(_item(item)))


def _item(item: LineItem) -> Iterator[str]:
    yield f"  {item.name}: {sum_text(item)}"
    if item.missing is not None:
        yield f"    not known: {item.missing}"
    yield f"    = {item.formula}"
    yield from (f"      {input_text(each)}" for each in item.inputs)
