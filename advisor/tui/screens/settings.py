"""How the screen looks and behaves, laid over the main screen; every change holds at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from advisor.tui.render.line import rule
from advisor.tui.render.settings import Setting, setting_lines
from advisor.tui.widgets.line_view import LineBar, LineView

Settings = Callable[[], Sequence[Setting]]


class SettingsScreen(ModalScreen[None], inherit_bindings=False):
    """`change` gets the name of a setting, and how many values it is to go on."""

    BINDINGS = [
        Binding(
            "enter,space,right,l", "step(1)", "next value", id="setting_next",
            key_display="Enter space → l",
        ),
        Binding("left,h", "step(-1)", "value before", id="setting_previous", key_display="← h"),
        Binding("escape,q,comma", "close", "close", id="close", key_display="Esc q"),
    ]  # fmt: skip

    def __init__(
        self, settings: Settings, files: Sequence[tuple[str, str]],
        change: Callable[[str, int], None],
    ) -> None:  # fmt: skip
        super().__init__()
        self._settings = settings
        self._files = files
        self._change = change

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield LineBar(id="settings-title")
            yield LineView(cursor_shown=True, id="settings-list")

    def on_mount(self) -> None:
        self.query_one("#settings-list", LineView).focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        title, found = self.query_one("#settings-title", LineBar), self._list
        width = found.room
        if width > 0:
            title.show([rule("settings (←→ change, Esc closes)", title.size.width)])
            found.show(setting_lines(self._settings(), self._files, width))

    @property
    def _list(self) -> LineView:
        return self.query_one("#settings-list", LineView)

    def action_step(self, steps: int) -> None:
        settings = self._settings()
        if self._list.cursor < len(settings):
            self._change(settings[self._list.cursor].name, steps)
            self._draw()

    def action_close(self) -> None:
        self.dismiss()
