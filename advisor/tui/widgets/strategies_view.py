"""The first view: strategies to switch, why, what the selection does, and beside it the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.message import Message

from advisor.tui.queue import States, states
from advisor.tui.render.line import Line, Span, line, rule
from advisor.tui.widgets.line_view import LineBar, LineView
from advisor.tui.widgets.sifted_list import SiftedList
from advisor.tui.widgets.views import TextView, headlines_text, steps_text

if TYPE_CHECKING:
    from advisor.projection.scenario import Scenario
    from advisor.session_snapshot import Snapshot, StrategyRow
    from advisor.tui.render.kinds import KindTime
    from advisor.tui.shown import Shown


class StrategyList(SiftedList):
    """The strategies, one a line; keys say what is to happen to the one under the cursor."""

    BINDINGS = [
        Binding("space", "ask('toggle')", "toggle the strategy", id="toggle", key_display="space"),
        Binding("left,h", "ask('lower')", "lower its level", id="lower", key_display="← h"),
        Binding("right,l", "ask('higher')", "raise its level", id="higher", key_display="→ l"),
        Binding("P", "ask('parameter')", "lower and raise its next parameter", id="parameter"),
        Binding("x", "ask('measure')", "measure it alone, after what waits", id="measure_alone"),
        Binding("w,enter", "ask('why')", "all about the strategy", id="why", key_display="w Enter"),
    ]

    class Asked(Message):
        """Something is wanted of a strategy."""

        def __init__(self, slug: str, wish: Wish) -> None:
            super().__init__()
            self.slug = slug
            self.wish = wish

    def __init__(self) -> None:
        super().__init__(id="strategy-list")

    @property
    def slugs(self) -> tuple[str, ...]:
        """Of the strategies shown, in their order."""
        entries = self.entries
        return tuple(str(entries.identity(each)) for each in self.passed) if entries else ()

    @property
    def slug(self) -> str | None:
        """Of the strategy under the cursor."""
        if self.current is None or self.entries is None:
            return None
        return str(self.entries.identity(self.current))

    def action_ask(self, wish: Wish) -> None:
        if self.slug is not None:
            self.post_message(self.Asked(self.slug, wish))


Wish = Literal["toggle", "lower", "higher", "parameter", "measure", "why"]


class StrategiesView(Horizontal):
    """Narrow: one column. Wide: why, plan and findings stand at the right of list and effect."""

    def compose(self) -> ComposeResult:
        with Vertical(id="left"):
            yield LineBar(id="strategies-heading")
            yield StrategyList()
            yield LineBar(id="effect-title")
            yield LineBar(id="effect")
        with Vertical(id="right"):
            yield LineBar(id="why-title")
            yield LineBar(id="why")
            yield LineBar(id="steps-title")
            yield TextView(steps_text, id="steps")
            yield LineBar(id="kinds-title")
            yield LineBar(id="kinds")
            yield LineBar(id="headlines-title")
            yield TextView(headlines_text, id="headlines")

    def on_mount(self) -> None:
        self._shown: Shown | None = None
        self._kinds: tuple[Scenario, list[KindTime]] | None = None

    def draw(self, shown: Shown) -> None:
        self._shown = shown
        self.query_one("#steps", TextView).draw(shown)
        self.query_one("#headlines", TextView).draw(shown)
        if shown.snapshot is None:
            self._draw_nothing(shown)
        elif self.size.width:
            self._draw_list(shown.snapshot, states(shown.queue))
            self._draw_effect(shown.snapshot)
            self._draw_why(shown.snapshot)
            self._draw_beside(shown)

    def _draw_nothing(self, shown: Shown) -> None:
        text = shown.activity.text or shown.failure or "waiting"
        self.query_one(StrategyList).show([line(Span(f" {shown.reference}: {text}", "dim"))])

    def _draw_list(self, snapshot: Snapshot, under_way: States) -> None:
        from advisor.tui.render import strategies
        from advisor.tui.render.strategy_entries import StrategyEntries

        found = self.query_one(StrategyList)
        width = found.room
        found.show_entries(StrategyEntries(snapshot, width, under_way))
        self._bar("strategies-heading", strategies.strategies_heading(width))

    def _draw_effect(self, snapshot: Snapshot) -> None:
        from advisor.tui.render import effect

        right = self.query_one("#effect", LineBar)
        width = right.size.width
        right.show(effect.effect_lines(snapshot, width, right.size.height))
        self._bar("effect-title", effect.effect_title(snapshot, width))
        self._draw_kinds(snapshot.scenario)

    def _draw_beside(self, shown: Shown) -> None:
        """The titles of what only a wide screen has."""
        from advisor.tui.render.plan import plan_title

        width = self.query_one("#steps", TextView).size.width
        if not width:
            return
        self._bar("steps-title", plan_title(shown.plan, width))
        self._bar("headlines-title", rule("findings (5 has all rules)", width))

    def _draw_kinds(self, scenario: Scenario) -> None:
        from advisor.tui.render.kinds import kind_lines, kind_times

        pane = self.query_one("#kinds", LineBar)
        width = pane.size.width
        if not width:
            return
        if self._kinds is None or self._kinds[0] is not scenario:
            self._kinds = scenario, kind_times(scenario)
        title = f"time by kind of operator, at the peaks of {scenario.hardware.id}"
        self._bar("kinds-title", rule(title, width))
        pane.show(kind_lines(self._kinds[1], width))

    def _draw_why(self, snapshot: Snapshot) -> None:
        from advisor.tui.render import why

        pane = self.query_one("#why", LineBar)
        row = self._row(snapshot)
        width = pane.size.width
        self._bar("why-title", why.why_title(row, width))
        pane.show([] if row is None else why.why_lines(snapshot, row, width))

    def _row(self, snapshot: Snapshot) -> StrategyRow | None:
        current = self.query_one(StrategyList).current
        return None if current is None else snapshot.rows[current]

    def _bar(self, name: str, shown: Line) -> None:
        self.query_one(f"#{name}", LineBar).show([shown])

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        event.stop()
        if self._shown is not None and self._shown.snapshot is not None:
            self._draw_why(self._shown.snapshot)

    def on_sifted_list_sifted(self) -> None:
        if self._shown is not None and self._shown.snapshot is not None:
            self._draw_why(self._shown.snapshot)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._draw_again)

    def _draw_again(self) -> None:
        """What is shown by then: it may have changed since the size did."""
        if self._shown is not None:
            self.draw(self._shown)
