"""What goes out to the terminal: the cells that changed, in the colours that were chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.command import CommandPalette
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widgets import Input

from advisor.tui.ending import quiet_traceback

if TYPE_CHECKING:
    from advisor.tui.appearance import Appearance
    from advisor.tui.wire import Wire


class Painting(App[None], inherit_bindings=False):
    """The part of the program that stands between Textual and the terminal."""

    appearance: Appearance
    wire: Wire
    """Remembers what the terminal shows."""

    def action_redraw(self) -> None:
        self.wire.forget()
        self.refresh(layout=True)

    def action_command_palette(self) -> None:
        """A cursor that blinks sends bytes all day."""

        def still() -> None:
            if isinstance(self.screen, CommandPalette):
                self.screen.query_one(Input).cursor_blink = False

        super().action_command_palette()
        self.call_after_refresh(still)

    def get_line_filters(self) -> list[LineFilter]:
        own = self.appearance.filter
        return [*super().get_line_filters(), *([own] if own.enabled else [])]

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Textual's own sends whole lines; the cells that changed are enough."""
        if isinstance(renderable, CompositorUpdate):
            renderable = self.wire.thinned(renderable)
        super()._display(screen, renderable)

    def _fatal_error(self) -> None:
        """Textual's own prints the values of variables with the traceback; these are secret."""
        self._exit_renderables.append(quiet_traceback(self.console))
        self._close_messages_no_wait()
