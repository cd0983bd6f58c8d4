"""How the screen looks and behaves, laid over the main screen; every change holds at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.binding import Binding

from advisor.tui.render.settings import Setting, setting_lines
from advisor.tui.screens.choices import ChoicesScreen

KEYS = "settings (←→ change, Esc closes)"
Settings = Callable[[], Sequence[Setting]]


class SettingsScreen(ChoicesScreen, inherit_bindings=False):
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
        super().__init__(KEYS, lambda width: setting_lines(settings(), files, width))
        self._settings = settings
        self._change = change

    def action_step(self, steps: int) -> None:
        settings = self._settings()
        if self.choices.cursor < len(settings):
            self._change(settings[self.choices.cursor].name, steps)
            self.draw()
