"""The main screen: what stays in sight around one of seven views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Resize
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Static

from advisor.tui.kept import Kept, Sorting
from advisor.tui.keys import Keymap, footer
from advisor.tui.render import header
from advisor.tui.render.telemetry import telemetry_text
from advisor.tui.render.telemetry_course import course_lines
from advisor.tui.sieve import Sieve
from advisor.tui.widgets.bill_view import BillView
from advisor.tui.widgets.box import BREAKPOINTS, WIDE
from advisor.tui.widgets.filter_line import FilterLine
from advisor.tui.widgets.line_view import LineBar
from advisor.tui.widgets.operators_view import OperatorList, OperatorsView
from advisor.tui.widgets.rules_view import RulesView
from advisor.tui.widgets.sifted_list import SiftedList
from advisor.tui.widgets.strategies_view import StrategiesView
from advisor.tui.widgets.views import (
    TextView,
    log_text,
    machine_text,
    plan_text,
)

if TYPE_CHECKING:
    from advisor.tui.feed import TelemetryFeed
    from advisor.tui.render.line import Line
    from advisor.tui.shown import Shown

TALL, HIGH = 32, 48
"""Lines from which on there is room for the bill by component, and for the time by kind."""


@dataclass(frozen=True)
class ViewName:
    """`focus` is the id of what takes the keys in that view."""

    title: str
    id: str
    focus: str


VIEWS = (
    ViewName("Strategies", "strategies", "strategy-list"),
    ViewName("Bill", "bill", "bill"),
    ViewName("Operators", "operators", "operators-list"),
    ViewName("Plan", "plan", "plan"),
    ViewName("Rules", "rules", "rules-list"),
    ViewName("Machine", "machine", "machine"),
    ViewName("Log", "log", "log"),
)
View = StrategiesView | BillView | OperatorsView | RulesView | TextView


class MainScreen(Screen[None], inherit_bindings=False):
    """Paints one `Shown`; only the view in sight is drawn."""

    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]
    BINDINGS = [
        *(
            Binding(str(number), f"view({number - 1})", f"view: {name.title}", id=name.id)
            for number, name in enumerate(VIEWS, start=1)
        ),
        Binding("tab", "step_view(1)", "next view", id="next_view", key_display="Tab"),
        Binding(
            "shift+tab", "step_view(-1)", "view before", id="previous_view", key_display="Shift+Tab"
        ),
    ]
    shown: reactive[Shown | None] = reactive(None, init=False, always_update=True, repaint=False)

    def __init__(
        self,
        shown: Shown,
        feed: TelemetryFeed,
        keys: Keymap,
        kept: Kept | None = None,
    ) -> None:
        """`keys` are the user's own; `kept` says which view is first, and how lists are sorted."""
        super().__init__()
        self._feed = feed
        self._keymap = keys
        self._kept = kept or Kept()
        self._view = next((at for at, view in enumerate(VIEWS) if view.id == self._kept.view), 0)
        self._telemetry_text = ""
        self.set_reactive(MainScreen.shown, shown)

    def compose(self) -> ComposeResult:
        # Known before anything is styled: classes that came with the size would style all anew.
        width, height = self.app.size
        self.add_class("-wide" if width >= WIDE else "-narrow", update=False)
        self.add_class("-tall" if height >= TALL else "-short", update=False)
        self.set_class(height >= HIGH, "-high", update=False)
        yield LineBar(id="header")
        yield Static(id="telemetry", markup=False)
        yield LineBar(id="tabs")
        with ContentSwitcher(initial=VIEWS[self._view].id, id="views"):
            yield StrategiesView(id="strategies")
            yield BillView()
            yield OperatorsView(id="operators")
            yield TextView(plan_text, id="plan")
            yield RulesView(id="rules")
            yield TextView(self._machine_text, id="machine")
            yield TextView(log_text, id="log")
        yield FilterLine()
        yield LineBar(id="status")
        yield LineBar(id="footer")

    def on_mount(self) -> None:
        for found in self.query(SiftedList):
            sorting = self._kept.sorting.get(str(found.id))
            if sorting is not None:
                found.sift(Sieve(sort=sorting.column, descending=sorting.descending))
        self.action_view(self._view)

    def watch_shown(self) -> None:
        self._draw()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height >= HIGH, "-high")
        self._telemetry_text = ""
        self.call_after_refresh(self._draw)

    def sorting(self) -> dict[str, Sorting]:
        """How each list is sorted, by its id; not those that are not."""
        return {
            str(each.id): Sorting(each.sieve.sort, each.sieve.descending)
            for each in self.query(SiftedList)
            if each.sieve.sort is not None
        }

    @property
    def view_id(self) -> str:
        """Of the view in sight."""
        return VIEWS[self._view].id

    def action_view(self, number: int) -> None:
        self._view = number
        name = VIEWS[number]
        self.query_one("#views", ContentSwitcher).current = name.id
        self._draw()
        # At once, not after what waits: keys typed ahead are for the view that is coming.
        self.set_focus(self.query_one(f"#{name.focus}"), scroll_visible=False)

    def action_step_view(self, steps: int) -> None:
        self.action_view((self._view + steps) % len(VIEWS))

    def on_sifted_list_filter_asked(self, asked: SiftedList.FilterAsked) -> None:
        self.query_one(FilterLine).type_for(asked.view)

    def on_sifted_list_sifted(self, sifted: SiftedList.Sifted) -> None:
        self.query_one(FilterLine).draw(sifted.view)

    def draw_telemetry(self) -> None:
        """Repaint the telemetry line, and the machine's view while it is in sight."""
        feed = self._feed
        text = telemetry_text(feed.latest, feed.histories, feed.paused, self.size.width)
        if text != self._telemetry_text:
            self._telemetry_text = text
            self.query_one("#telemetry", Static).update(text, layout=False)
        if VIEWS[self._view].id == "machine":
            self._draw_view()

    def _draw(self) -> None:
        shown, width = self.shown, self.size.width
        if shown is None or not width:
            return
        titles = [view.title for view in VIEWS]
        self._bar("header").show([header.header_line(shown, width)])
        self._bar("tabs").show([header.tabs_line(titles, self._view, width)])
        self._draw_footer()
        status = header.status_line(shown, width, tall=self.size.height >= TALL)
        self._bar("status").show([status])
        self._bar("status").display = bool(status)  # a class of the screen would style all anew
        self.draw_telemetry()
        self._draw_view()

    def _draw_footer(self) -> None:
        """The keys of the view as it stands: a tree of operators has others than their table."""
        is_tree = self.view_id == "operators" and self.query_one(OperatorList).is_tree
        keys = footer(self._keymap, f"{self.view_id} tree" if is_tree else self.view_id)
        self._bar("footer").show([header.footer_line(keys, self.size.width)])

    def on_operator_list_turned(self) -> None:
        self._draw_footer()

    def _draw_view(self) -> None:
        shown = self.shown
        if shown is None:
            return
        view = self.query_one(f"#{VIEWS[self._view].id}")
        assert isinstance(view, View)
        view.draw(shown)
        focus = self.query_one(f"#{VIEWS[self._view].focus}")
        self.query_one(FilterLine).draw(focus if isinstance(focus, SiftedList) else None)

    def _bar(self, name: str) -> LineBar:
        return self.query_one(f"#{name}", LineBar)

    def _machine_text(self, shown: Shown, width: int) -> list[Line]:
        feed = self._feed
        now = course_lines(feed.latest, feed.devices, feed.host, width)
        return [*now, *machine_text(shown, width)]
