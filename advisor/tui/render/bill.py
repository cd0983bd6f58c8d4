"""The bill: cost by component, then every line item with the formula behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from advisor import units
from advisor.catalog.age import OLD_AFTER_DAYS
from advisor.projection.old_prices import old_prices
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Component, LineItem
from advisor.tui.render import basis
from advisor.tui.render.bill_bars import bar_lines
from advisor.tui.render.effect import component_lines, effect_title
from advisor.tui.render.indicators import indicator_lines
from advisor.tui.render.line import BLANK, Column, Line, Span, heading, line, rule, spaced, wrap

if TYPE_CHECKING:
    from advisor.session_snapshot import Snapshot
    from advisor.tui.render.bill_item import Pair


def _columns(width: int) -> tuple[Column, ...]:
    figures = (Column("before", 11), Column("projected", 11), Column("delta", 10), Column("%", 7))
    taken = sum(column.width + 1 for column in figures)
    return (Column("line item", max(12, min(44, width - taken - 1)), "left"), *figures)


@dataclass(frozen=True)
class BillText:
    """`items` says which lines begin a line item."""

    lines: list[Line]
    items: Mapping[int, Pair]

    def item_at(self, index: int) -> Pair | None:
        """The item that the line is part of, else the next one below; None where there is none."""
        starts = sorted(self.items)
        above = [start for start in starts if start <= index]
        found = above[-1:] or starts[:1]
        return self.items[found[0]] if found else None


def bill_text(snapshot: Snapshot, width: int, today: date) -> BillText:
    starts: dict[int, Pair] = {}
    old = old_prices(snapshot.selected.bill, today)
    lines = [
        effect_title(snapshot, width), *bar_lines(snapshot, width),
        *component_lines(snapshot, width), *_warning(old, width), BLANK, rule("indicators", width),
        *indicator_lines(snapshot, width),
    ]  # fmt: skip
    for component in COMPONENTS:
        items = _items(snapshot, component)
        if items:
            title = COMPONENT_TITLES[component]
            lines += [BLANK, rule(title, width), (Span(" "), *heading(_columns(width)))]
            for name in items:
                starts[len(lines)] = items[name]
                lines += _item_lines(*items[name], width)
    if old:
        lines += [BLANK, rule(f"prices older than {OLD_AFTER_DAYS} days", width)]
        for text in old:
            lines += wrap(text, width, "  ", "warn")
    lines += [BLANK, rule("what the projection stands on", width)]
    for text in snapshot.selected.basis:
        lines += wrap(text, width, "  ", "dim")
    return BillText(lines, starts)


def _warning(old: Sequence[str], width: int) -> list[Line]:
    if not old:
        return []
    count = units.counted(len(old), "price is", "prices are")
    told = f"! {count} older than {OLD_AFTER_DAYS} days: listed at the end"
    return wrap(told, width, " ", "warn")


def _items(snapshot: Snapshot, component: Component) -> dict[str, Pair]:
    """Line items by name, before and selected; what only one of them has is None in the other."""
    before, after = (
        {each.name: each for each in bill.lines if each.component == component}
        for bill in (snapshot.before.bill, snapshot.selected.bill)
    )
    return {name: (before.get(name), after.get(name)) for name in {**before, **after}}


def _usd(item: LineItem | None) -> float | None:
    """Nothing of an item is used where the bill has no such line: that is 0, not unknown."""
    if item is None:
        return 0.0
    return None if item.usd_per_month is None else item.usd_per_month.expected


def _item_lines(before: LineItem | None, after: LineItem | None, width: int) -> list[Line]:
    item = after or before
    assert item is not None
    name, *figures = _columns(width)
    old, new = _usd(before), _usd(after)
    delta = None if old is None or new is None else new - old
    texts = (units.usd(old), units.usd(new), units.delta_usd(delta), basis.change_of(old, new))
    cells = [column.cell(text) for column, text in zip(figures, texts, strict=True)]
    lines = [line(" ", *spaced(name.cell(item.name), *cells))]
    if item.missing is not None:
        lines += wrap(item.missing, width, "   ", "warn")
    lines += wrap(_derivation(item), width, "   ", "dim")
    return lines


def _derivation(item: LineItem) -> str:
    quantity = units.number(item.quantity.expected if item.quantity else None, item.unit)
    price = units.unit_price(item.unit_price_usd.expected if item.unit_price_usd else None)
    return f"{quantity} × {price}  =  {item.formula}"
