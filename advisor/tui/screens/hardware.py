"""The model on every hardware that has a price, laid over the main screen; Enter switches to it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen

from advisor.catalog import load
from advisor.errors import AdvisorError
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import Selection
from advisor.tui.hardware_costs import HardwareCost, hardware_costs
from advisor.tui.render.hardware_costs import HardwareEntries, hardware_heading
from advisor.tui.render.line import Line, rule, wrap
from advisor.tui.widgets.filter_line import FilterLine
from advisor.tui.widgets.line_view import LineBar
from advisor.tui.widgets.sifted_list import SiftedList


@dataclass
class Compared(Message):
    """Every hardware is projected; `problem` says why none could be."""

    costs: list[HardwareCost]
    problem: str | None = None


class HardwareScreen(ModalScreen[str | None], inherit_bindings=False):
    """Gives back the id of the hardware chosen, None where none was."""

    BINDINGS = [
        Binding("enter", "choose", "switch to this hardware", id="choose", key_display="Enter"),
        Binding("escape,q,c", "close", "close", id="close", key_display="Esc q"),
    ]

    def __init__(self, scenario: Scenario, chosen: Selection) -> None:
        super().__init__()
        self._scenario = scenario
        self._chosen = chosen
        self._costs: list[HardwareCost] = []
        self._said = "each hardware is being projected"

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield LineBar(id="compare-title")
            yield LineBar(id="compare-heading")
            yield SiftedList(id="compare-list")
            yield FilterLine()

    def on_mount(self) -> None:
        self.query_one(SiftedList).focus()
        threading.Thread(target=self._work, name="hardware", daemon=True).start()

    def _work(self) -> None:
        try:
            parts = {**load.hardware(), self._scenario.hardware.id: self._scenario.hardware}
            news = Compared(hardware_costs(self._scenario, self._chosen, parts.values()))
        except AdvisorError as error:
            news = Compared([], str(error))
        self.post_message(news)

    def on_compared(self, news: Compared) -> None:
        self._costs = news.costs
        self._said = news.problem or "no hardware has a price in this organization's way of buying"
        self._draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        found = self.query_one(SiftedList)
        width = found.size.width - 1
        if width <= 0:
            return
        here, on = self._scenario.hardware.id, len(self._chosen)
        title = f"hardware by cost, {on} strategies on (Enter switches, / s S sift, Esc closes)"
        self._bar("compare-title", rule(title, width + 1))
        if not self._costs:
            found.show(wrap(self._said, width, " "))
            return
        self._bar("compare-heading", hardware_heading(width))
        found.show_entries(HardwareEntries(self._costs, here, width))

    def _bar(self, name: str, shown: Line) -> None:
        self.query_one(f"#{name}", LineBar).show([shown])

    def on_sifted_list_filter_asked(self, asked: SiftedList.FilterAsked) -> None:
        self.query_one(FilterLine).type_for(asked.view)

    def on_sifted_list_sifted(self, sifted: SiftedList.Sifted) -> None:
        self.query_one(FilterLine).draw(sifted.view)

    def action_choose(self) -> None:
        current = self.query_one(SiftedList).current
        if current is not None and self._costs:
            self.dismiss(self._costs[current].hardware.id)

    def action_close(self) -> None:
        self.dismiss(None)
