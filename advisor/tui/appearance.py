"""Theme, characters, mouse and motion of a running screen, and what is remembered of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from advisor.tui import looks
from advisor.tui.ascii import AsciiFilter
from advisor.tui.kept import Kept, Recent
from advisor.tui.render.settings import Setting

if TYPE_CHECKING:
    from textual.app import App

    from advisor.measurement.result import ModelRequest
    from advisor.session_options import Options
    from advisor.tui.preferences import Preferences


class Appearance:
    """What stands in `preferences` is used; what the user changes goes to `kept` too."""

    def __init__(self, app: App[None], preferences: Preferences, kept: Kept) -> None:
        self._app = app
        self._fixed = preferences.fixed
        chosen = preferences.over(kept)
        self.kept = kept
        self.is_ascii = not looks.speaks_utf8() if chosen.ascii is None else chosen.ascii
        self.mouse = chosen.mouse is not False
        self.reduced_motion = bool(chosen.reduced_motion)
        self.themes = looks.usable_themes(app.console.color_system, colourless=app.no_color)
        self.theme = looks.first_theme(chosen.theme, self.themes)
        self.filter = AsciiFilter(enabled=self.is_ascii)

    def apply(self) -> None:
        """Give the app what was chosen."""
        self._app.theme = self.theme
        self._app.animation_level = "none" if self.reduced_motion else "full"

    def opened(self, request: ModelRequest, options: Options) -> None:
        """Remember a model and what it is looked at with."""
        today = time.strftime("%Y-%m-%d")
        names = (options.hardware, options.workload, options.organization)
        self.kept = self.kept.opened(Recent(request.reference, today, *names))

    def settings(self) -> Sequence[Setting]:
        found = [
            ("theme", "theme", self.theme, "ansi: the terminal's own colours"),
            ("ascii", "characters", "ASCII" if self.is_ascii else "Unicode",
             "ASCII where a terminal lacks the others"),
            ("mouse", "mouse", "on" if self.mouse else "off", "from the next start"),
            ("reduced_motion", "motion", "reduced" if self.reduced_motion else "full",
             "reduced: nothing blinks or slides"),
        ]  # fmt: skip
        return [Setting(*each, fixed=each[0] in self._fixed) for each in found]

    def change(self, name: str, steps: int) -> None:
        """Go on to the next value of a setting, or by -1 to the one before."""
        changes: dict[str, Callable[[int], None]] = {
            "theme": self.turn_theme, "ascii": self._turn_ascii, "mouse": self._turn_mouse,
            "reduced_motion": self._turn_motion,
        }  # fmt: skip
        changes[name](steps)

    def turn_theme(self, steps: int) -> None:
        at = self.themes.index(self.theme)
        self.theme = self.themes[(at + steps) % len(self.themes)]
        self._keep(theme=self.theme)

    def _turn_ascii(self, _steps: int) -> None:
        self.is_ascii = self.filter.enabled = not self.is_ascii
        self._keep(ascii=self.is_ascii)
        self._app.refresh_css(animate=False)

    def _turn_mouse(self, _steps: int) -> None:
        self.mouse = not self.mouse
        self._keep(mouse=self.mouse)

    def _turn_motion(self, _steps: int) -> None:
        self.reduced_motion = not self.reduced_motion
        self._keep(reduced_motion=self.reduced_motion)

    def _keep(self, **chosen: str | bool) -> None:
        self.kept = msgspec.structs.replace(self.kept, **chosen)
        self.apply()
