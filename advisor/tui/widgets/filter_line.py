"""The line at the bottom that says what a list leaves out, and where its filter is typed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input

from advisor.tui.render.filtered import filter_text
from advisor.tui.sieve import Sieve
from advisor.tui.widgets.field import Field
from advisor.tui.widgets.line_view import LineBar

if TYPE_CHECKING:
    from advisor.tui.widgets.sifted_list import SiftedList


class FilterLine(Vertical):
    """Shown while a list leaves something out, is sorted, or its filter is being typed."""

    BINDINGS = [
        Binding(
            "escape",
            "leave(True)",
            "clear filter and sorting",
            id="filter_clear",
            key_display="Esc",
        ),
        Binding("down", "leave(False)", "back to the list", id="filter_leave", key_display="↓"),
    ]

    def __init__(self) -> None:
        super().__init__(id="filter-line")
        self._list: SiftedList | None = None

    def compose(self) -> ComposeResult:
        yield LineBar(id="filter-said")
        yield Field(id="filter-typed", compact=True)

    def draw(self, view: SiftedList | None) -> None:
        """Say what `view`, the list in sight if there is one, shows of its entries."""
        if view is not self._list:
            self.set_class(False, "-typing")
            self._list = view
        if view is None:
            self.display = False
            return
        typing = self.has_class("-typing")
        self.display = typing or not view.sieve.is_open
        bar = self.query_one("#filter-said", LineBar)
        width = self.screen.size.width
        bar.show([filter_text(view.sieve, view.counted, typing, width)])

    def type_for(self, view: SiftedList) -> None:
        self._list = view
        self.set_class(True, "-typing")
        self.draw(view)
        typed = self.query_one(Input)
        typed.value = view.sieve.text
        typed.cursor_position = len(typed.value)
        typed.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._list is not None and self.has_class("-typing"):
            self._list.sift(replace(self._list.sieve, text=event.value))
            self.draw(self._list)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_leave(False)

    def action_leave(self, clear: bool) -> None:
        view = self._list
        self.set_class(False, "-typing")
        if view is None:
            return
        view.focus(scroll_visible=False)
        if clear:
            view.sift(Sieve())
        self.draw(view)
