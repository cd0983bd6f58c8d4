"""The month's bill as stacked bars by component: before, projected and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from advisor import units
from advisor.projection.result import (
    COMPONENT_TITLES,
    COMPONENTS,
    Bill,
    Component,
    Projection,
)
from advisor.tui.render import basis
from advisor.tui.render.bars import stacked
from advisor.tui.render.line import Column, Line, Span, Tone, fit

if TYPE_CHECKING:
    from advisor.session_snapshot import Snapshot

SIGNS: Mapping[Component, str] = {
    "hardware": "█", "data": "▓", "human": "▒", "training_and_deployment": "░",
}  # fmt: skip
"""What tells the components apart where there is no colour; the same in every bar and table."""
TONES: Mapping[Component, Tone] = {
    "hardware": "hardware", "data": "data", "human": "people", "training_and_deployment": "use",
}  # fmt: skip
SHORT_TITLES: Mapping[Component, str] = {
    **COMPONENT_TITLES, "training_and_deployment": "train & deploy",
}  # fmt: skip
_SHORTEST_TITLES: Mapping[Component, str] = {
    "hardware": "hw", "data": "data", "human": "people", "training_and_deployment": "use",
}  # fmt: skip
_NAME = Column("", 9, "left")
_FIGURES = (Column("", 11), Column("", 11), Column("", 7))


def bar_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """Three bars on one scale, each with its total; the change from before in dollars and percent.

    A measured bill is compared with the bill at the measured baseline, not with the projected one.
    """
    before, selected = snapshot.before.bill, snapshot.selected.bill
    found = snapshot.measured
    pair = None if found is None else (found.before, found.after)
    largest = max(_total(each) for each in (before, selected, *_bills(pair)))
    room = width - sum(column.width + 1 for column in (_NAME, *_FIGURES)) - 2
    lines = [
        _bar_line("before", before, None, largest, room),
        _bar_line("projected", selected, before, largest, room),
    ]
    if pair is not None and pair[0] is not None and pair[1] is not None:
        return [*lines, _bar_line("measured", pair[1].bill, pair[0].bill, largest, room)]
    why = "not measured: m measures what is on"
    if pair is not None:
        why = "on other hardware than this bill is about"
    text = Span(fit(f"measured  {why}", width - 1), "dim")
    return [*lines, (Span(" "), text)]


def legend_line(snapshot: Snapshot, width: int) -> Line:
    """What each sign stands for, with its projected change; with its cost where nothing is on."""
    parts = [_legend_part(snapshot, component) for component in COMPONENTS]
    texts: list[str] = []
    for titles in (COMPONENT_TITLES, SHORT_TITLES, _SHORTEST_TITLES):
        texts = [f" {titles[part]} {figure}" for part, figure in parts]
        if sum(cell_len(text) + 3 for text in texts) - 1 <= width:
            break
    spans: list[Span] = []
    for (component, _), text in zip(parts, texts, strict=True):
        gap = "  " if spans else " "
        spans += [Span(gap + SIGNS[component], TONES[component]), Span(text)]
    return tuple(spans)


def _legend_part(snapshot: Snapshot, component: Component) -> tuple[Component, str]:
    old = snapshot.before.bill.total(component).expected
    new = snapshot.selected.bill.total(component).expected
    missing = bool(snapshot.selected.bill.missing_in(component))
    figure = units.delta_usd(new - old) if snapshot.chosen else units.usd(old, at_least=missing)
    return component, figure


def _bills(pair: tuple[Projection | None, Projection | None] | None) -> list[Bill]:
    return [each.bill for each in pair or () if each is not None]


def _total(bill: Bill) -> float:
    return bill.total().expected


def _bar_line(name: str, bill: Bill, before: Bill | None, largest: float, room: int) -> Line:
    total = _total(bill)
    delta = None if before is None else total - _total(before)
    tone: Tone = "plain" if delta is None else change_tone(delta)
    texts: Sequence[tuple[str, Tone]] = (
        (units.usd(total, at_least=bool(bill.missing)), "plain"),
        ("" if delta is None else units.delta_usd(delta), tone),
        ("" if before is None else basis.change_of(_total(before), total), tone),
    )
    figures = [column.cell(*text) for column, text in zip(_FIGURES, texts, strict=True)]
    parts = [Span(" "), _NAME.cell(name, "title"), Span(" "), *_bar(bill, largest, room)]
    for figure in figures:
        parts += [Span(" "), figure]
    return tuple(parts)


def _bar(bill: Bill, largest: float, room: int) -> list[Span]:
    costs = [max(0.0, bill.total(component).expected) for component in COMPONENTS]
    cells = stacked(costs, largest, room)
    spans = [
        Span(SIGNS[component] * count, TONES[component])
        for component, count in zip(COMPONENTS, cells, strict=True)
        if count
    ]
    return [*spans, Span(" " * (room - sum(cells)))]


def change_tone(change: float) -> Tone:
    """Of a cost in USD: cheaper is good."""
    return "plain" if abs(change) < 0.005 else "good" if change < 0 else "bad"
