"""What stands there while the terminal is smaller than the screen can be drawn on."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

LEAST = Size(60, 16)


def is_too_small(size: Size) -> bool:
    return size.width < LEAST.width or size.height < LEAST.height


class TooSmallScreen(ModalScreen[None], inherit_bindings=False):
    """Says which size is needed and which there is; what it covers stays as it is."""

    BINDINGS = [Binding("q", "app.quit", "quit", id="quit")]

    def compose(self) -> ComposeResult:
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        self._say(self.app.size)

    def on_resize(self) -> None:
        self._say(self.app.size)

    def _say(self, now: Size) -> None:
        needed = f"{LEAST.width}×{LEAST.height}"
        text = f"advisor needs {needed}; this terminal is {now.width}×{now.height}"
        self.query_one("#too-small", Static).update(text)
