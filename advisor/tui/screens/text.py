"""A text laid over the main screen: the help, and all about one strategy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from advisor.tui.render.line import Line, rule
from advisor.tui.shown import Shown
from advisor.tui.widgets.line_view import LineBar
from advisor.tui.widgets.views import TextView


class TextScreen(ModalScreen[None], inherit_bindings=False):
    """Closes at Esc, Enter, `q` and `?`."""

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
        with Vertical(id="box"):
            yield LineBar(id="text-title")
            yield TextView(lambda _, width: self._render_width(width), id="text")

    def on_mount(self) -> None:
        text = self.query_one("#text", TextView)
        text.draw(Shown(""))
        text.focus()

    def on_resize(self) -> None:
        title = self.query_one("#text-title", LineBar)
        self.call_after_refresh(
            lambda: title.show([rule(f"{self._title_text} (Esc closes)", title.size.width)])
        )

    def action_close(self) -> None:
        self.dismiss()
