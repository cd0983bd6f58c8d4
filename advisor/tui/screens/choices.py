"""What settings and budgets have in common: a list with a cursor, laid over the main screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from advisor.tui.render.line import Line, rule
from advisor.tui.widgets.line_view import LineBar, LineView


class ChoicesScreen(ModalScreen[None], inherit_bindings=False):
    """`lines` makes the list for a width; the first ones are what the cursor chooses among."""

    def __init__(self, heading: str, lines: Callable[[int], Sequence[Line]]) -> None:
        super().__init__()
        self._heading = heading
        self._lines = lines

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield LineBar(id="choices-title")
            yield LineView(cursor_shown=True, id="choices-list")
            yield from self.below()

    def below(self) -> ComposeResult:
        """What stands under the list; nothing, usually."""
        yield from ()

    def on_mount(self) -> None:
        self.choices.focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        title, found = self.query_one("#choices-title", LineBar), self.choices
        if found.room > 0:
            title.show([rule(self._heading, title.size.width)])
            found.show(self._lines(found.room))

    @property
    def choices(self) -> LineView:
        return self.query_one("#choices-list", LineView)

    def action_close(self) -> None:
        self.dismiss()
