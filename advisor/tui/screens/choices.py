"""What settings and budgets have in common: a list with a cursor, laid over the main screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.screen import ModalScreen

from advisor.tui.widgets.box import BREAKPOINTS, Box
from advisor.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from advisor.tui.render.line import Line


class ChoicesScreen(ModalScreen[None], inherit_bindings=False):
    """`lines` makes the list for a width; the first ones are what the cursor chooses among."""

    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    HEIGHT_BELOW: ClassVar[int] = 0
    """Lines of what stands under the list."""

    def __init__(self, heading: str, lines: Callable[[int], Sequence[Line]]) -> None:
        super().__init__()
        self._heading = heading
        self._lines = lines

    def compose(self) -> ComposeResult:
        with Box():
            yield LineView(cursor_shown=True, id="choices-list")
            yield from self.below()

    def below(self) -> ComposeResult:
        """What stands under the list; nothing, usually."""
        yield from ()

    def on_mount(self) -> None:
        self.query_one(Box).name_it(self._heading)
        self.choices.focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        found = self.choices
        if found.room > 0:
            lines = self._lines(found.room)
            self.query_one(Box).fit_to(len(lines) + self.HEIGHT_BELOW)
            found.show(lines)

    @property
    def choices(self) -> LineView:
        return self.query_one("#choices-list", LineView)

    def action_close(self) -> None:
        self.dismiss()
