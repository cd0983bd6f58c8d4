"""The model on every hardware that has a price, laid over the main screen; Enter switches to it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from advisor import units
from advisor.catalog import load
from advisor.errors import AdvisorError
from advisor.tui.hardware_costs import HardwareCost, hardware_costs
from advisor.tui.render.hardware_costs import HardwareEntries, hardware_heading
from advisor.tui.screens.listing import ListScreen
from advisor.tui.widgets.sifted_list import SiftedList

if TYPE_CHECKING:
    from advisor.projection.scenario import Scenario
    from advisor.strategies.selection import Selection
    from advisor.tui.render.line import Line


@dataclass
class Compared(Message):
    """Every hardware is projected; `problem` says why none could be."""

    costs: list[HardwareCost]
    problem: str | None = None


class HardwareScreen(ListScreen, inherit_bindings=False):
    """Gives back the id of the hardware chosen, None where none was."""

    OWN: ClassVar[list[Binding]] = [
        Binding("enter", "choose", "switch to this hardware", id="choose", key_display="Enter"),
    ]
    BINDINGS = [
        *OWN,
        Binding("escape,q,c", "close", "close", id="close", key_display="Esc q"),
        ListScreen.HELP_KEY,
    ]
    FOOTER = (("choose", "switch to it"),)

    def __init__(self, scenario: Scenario, chosen: Selection) -> None:
        super().__init__()
        self._scenario = scenario
        self._chosen = chosen
        self._costs: list[HardwareCost] = []
        self._said = "each hardware is being projected"

    def on_mount(self) -> None:
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
        self.draw()

    def title_text(self) -> str:
        count = units.counted(len(self._chosen), "strategy", "strategies")
        return f"hardware by cost, {count} on"

    def heading_line(self, width: int) -> Line:
        return hardware_heading(width)

    def entries(self, width: int) -> HardwareEntries | None:
        if not self._costs:
            return None
        return HardwareEntries(self._costs, self._scenario.hardware.id, width)

    def nothing_text(self) -> str:
        return self._said

    def action_choose(self) -> None:
        current = self.query_one(SiftedList).current
        if current is not None and self._costs:
            self.dismiss(self._costs[current].hardware.id)
