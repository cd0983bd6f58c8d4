"""The rule book: every rule in a list, and below it what the one under the cursor says here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message

from advisor.tui.render.line import rule, text_of
from advisor.tui.widgets.line_view import LineBar, LineView
from advisor.tui.widgets.sifted_list import SiftedList
from advisor.tui.widgets.views import not_yet

if TYPE_CHECKING:
    from advisor.tui.shown import Shown


class RuleList(SiftedList):
    BINDINGS = [
        Binding("enter,w", "detail", "what it says here, and its manual", id="rule_detail",
                key_display="Enter"),
    ]  # fmt: skip

    class Asked(Message):
        """All about one rule is wanted."""

        def __init__(self, slug: str) -> None:
            super().__init__()
            self.slug = slug

    def __init__(self) -> None:
        super().__init__(id="rules-list")

    def action_detail(self) -> None:
        if self.current is not None and self.entries is not None:
            self.post_message(self.Asked(str(self.entries.identity(self.current))))


class RulesView(Vertical):
    def compose(self) -> ComposeResult:
        yield LineBar(id="rules-heading")
        yield RuleList()
        yield LineBar(id="rules-title")
        yield LineBar(id="rules-said")

    def on_mount(self) -> None:
        self._shown: Shown | None = None

    def draw(self, shown: Shown) -> None:
        self._shown = shown
        found = self.query_one(RuleList)
        width = found.room
        if width <= 0:
            return
        if shown.snapshot is None:
            found.show(not_yet(shown))
            return
        from advisor.tui.render.rule_entries import RuleEntries, rules_heading

        self.query_one("#rules-heading", LineBar).show([rules_heading(width)])
        entries = found.entries
        said = shown.snapshot.findings
        same = isinstance(entries, RuleEntries) and entries.width == width
        if not (same and isinstance(entries, RuleEntries) and entries.findings is said):
            found.show_entries(RuleEntries(said, width))
        self._draw_said()

    def _draw_said(self) -> None:
        from advisor.tui.render.rule_entries import RuleEntries, rule_manual_lines

        found, title = self.query_one(RuleList), self.query_one("#rules-title", LineBar)
        entries, pane = found.entries, self.query_one("#rules-said", LineBar)
        if not isinstance(entries, RuleEntries) or found.current is None:
            title.show([rule("no rule has all these words", title.size.width)])
            pane.show([])
            return
        each, finding = entries.at(found.current)
        title.show([rule(each.slug, title.size.width)])
        lines = rule_manual_lines(each, finding, pane.size.width - 1)[: pane.size.height]
        while lines and text_of(lines[-1]).startswith("─"):  # a heading with nothing below it
            lines.pop()
        pane.show(lines)

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        event.stop()
        self._draw_said()

    def on_sifted_list_sifted(self) -> None:
        self._draw_said()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw_again)

    def _draw_again(self) -> None:
        """What is shown by then: it may have changed since the size did."""
        if self._shown is not None:
            self.draw(self._shown)
