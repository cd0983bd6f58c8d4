"""A text laid over the main screen: the help, and all about one strategy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen

from advisor.tui.shown import Shown
from advisor.tui.widgets.box import BREAKPOINTS, Box
from advisor.tui.widgets.views import TextView

if TYPE_CHECKING:
    from advisor.tui.render.line import Line


class TextScreen(ModalScreen[None], inherit_bindings=False):
    """Closes at Esc, Enter, `q` and `?`."""

    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS = [
        Binding(
            "escape,enter,q,question_mark,f1,w", "close", "close", id="close", key_display="Esc q"
        ),
    ]

    def __init__(
        self, title: str, render: Callable[[int], Sequence[Line]], *, is_plot: bool = False
    ) -> None:
        """A plot takes the room of a wide terminal; a text is read in lines of usual length."""
        super().__init__(classes="-plot" if is_plot else None)
        self._title_text = title
        self._render_width = render

    def compose(self) -> ComposeResult:
        with Box():
            yield TextView(lambda _, width: self._render_width(width), id="text")

    def on_mount(self) -> None:
        self.query_one(Box).name_it(f"{self._title_text} (Esc closes)")
        text = self.query_one("#text", TextView)
        text.draw(Shown(""))
        text.focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        text = self.query_one("#text", TextView)
        self.query_one(Box).fit_to(text.virtual_size.height)

    def action_close(self) -> None:
        self.dismiss()
