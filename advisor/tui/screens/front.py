"""The front of cost against quality, laid over the main screen; points come as they are found."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from advisor import units
from advisor.errors import AdvisorError, CancelledError
from advisor.tui.render.front import FrontEntries, Plot, front_heading, plot_lines
from advisor.tui.screens.listing import ListScreen
from advisor.tui.searching import Search
from advisor.tui.widgets.sifted_list import SiftedList

if TYPE_CHECKING:
    from advisor.advice.front import FrontPoint
    from advisor.advice.goal import Goal
    from advisor.session_snapshot import Snapshot
    from advisor.tui.render.line import Line

LOW, HIGH = 6, 12
"""Lines of the plot on a low terminal and on a high one."""
HIGH_FROM = 32


@dataclass
class Found(Message):
    """One more point; None after the last one. `problem` says why there is no more."""

    point: FrontPoint | None
    problem: str | None = None


class FrontScreen(ListScreen, inherit_bindings=False):
    """Gives back the strategies of the point chosen, joined by commas, or None."""

    OWN: ClassVar[list[Binding]] = [
        Binding("enter", "choose", "switch on this point of the front", id="front_on",
                key_display="Enter"),
    ]  # fmt: skip
    BINDINGS = [
        *OWN,
        Binding("escape,q,F", "close", "close", id="close", key_display="Esc q"),
        ListScreen.HELP_KEY,
    ]
    FOOTER = (("front_on", "switch it on"),)

    def __init__(self, snapshot: Snapshot, goal: Goal) -> None:
        super().__init__()
        self._snapshot = snapshot
        self._points: list[FrontPoint] = []
        self._is_whole = False
        self._problem: str | None = None
        self._search = Search("front", snapshot.scenario, snapshot.findings, goal)

    def on_mount(self) -> None:
        threading.Thread(target=self._work, name="front", daemon=True).start()

    def on_unmount(self) -> None:
        self._search.end()

    def _work(self) -> None:
        """A search a point; nothing is told after the screen is closed."""
        problem = None
        try:
            for point in self._search.results():
                self.post_message(Found(point))
        except CancelledError:
            return
        except AdvisorError as error:
            problem = str(error)
        self.post_message(Found(None, problem))

    def on_found(self, news: Found) -> None:
        if news.point is None:
            self._is_whole, self._problem = True, news.problem
        else:
            self._points.append(news.point)
        self.draw()

    def title_text(self) -> str:
        count = len(self._points)
        if not count and not self._is_whole:
            return "cost against quality"
        way = "" if self._is_whole else ", more are being searched"
        return f"cost against quality: {units.counted(count, 'point')}{way}"

    def summary_lines(self, width: int) -> Sequence[Line]:
        if not self._points:
            return ()
        height = HIGH if self.size.height >= HIGH_FROM else LOW
        return plot_lines(self._plot, width, height)

    def heading_line(self, width: int) -> Line:
        return front_heading(width)

    def entries(self, width: int) -> FrontEntries | None:
        return FrontEntries(self._plot, width) if self._points else None

    def nothing_text(self) -> str:
        if self._is_whole:
            return self._problem or "no setup at all keeps every limit"
        return "the cheapest setup is being searched"

    @property
    def _plot(self) -> Plot:
        snapshot = self._snapshot
        floor = snapshot.scenario.workload.quality.max_drop
        return Plot(tuple(self._points), snapshot.before, snapshot.selected, floor)

    def action_choose(self) -> None:
        current = self.query_one(SiftedList).current
        if current is not None and self._points:
            self.dismiss(",".join(str(choice) for choice in self._points[current].chosen))
