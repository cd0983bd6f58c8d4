"""All about one line of the bill: formula, inputs with their values, and where they came from."""

from __future__ import annotations

from advisor import units
from advisor.projection.line_text import input_text, sum_text
from advisor.projection.result import LineItem
from advisor.tui.render.line import BLANK, Line, rule, wrap

Pair = tuple[LineItem | None, LineItem | None]
"""A line item before and under the selection; None where the bill has no such line."""


def item_title(pair: Pair) -> str:
    item = pair[1] or pair[0]
    return item.name if item else ""


def item_lines(pair: Pair, width: int) -> list[Line]:
    before, after = pair
    if before == after and after is not None:
        return _one("before and projected", after, width)
    lines: list[Line] = []
    for title, item in (("projected", after), ("before", before)):
        lines += [rule(title, width), *wrap("no such line", width, " ")] if item is None else (
            _one(title, item, width)
        )  # fmt: skip
        lines.append(BLANK)
    return lines


def _one(title: str, item: LineItem, width: int) -> list[Line]:
    lines = [rule(title, width), *wrap(f"{sum_text(item)} a month", width, " ")]
    cost = item.usd_per_month
    if cost is not None and cost.low != cost.high:
        lines += wrap(f"between {units.usd_range(cost.low, cost.high)}", width, " ")
    if item.missing is not None:
        lines += wrap(f"not known: {item.missing}", width, " ", "warn")
    lines += wrap(f"= {item.formula}", width, " ", "accent")
    for each in item.inputs:
        lines += wrap(input_text(each), width, "   ")
    return lines
