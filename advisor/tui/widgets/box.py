"""What an overlay stands in: the whole page of a narrow terminal, a framed window on a wide one."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content

from advisor.units import printable

WIDE = 120
"""Columns from which on there are two columns of panes, and an overlay is a window over them."""
BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
_FRAME = 2
_LARGEST_SHARE = 0.9


class Box(Vertical):
    """Has its title in its border: a rule of its own would stand on the first one of the text."""

    def __init__(self) -> None:
        super().__init__(id="box")
        self._said = ""

    def name_it(self, title: str) -> None:
        if title != self._said:
            self._said = title
            self._show_title()

    def on_resize(self) -> None:
        self._show_title()

    def _show_title(self) -> None:
        """Textual sets a title off from its border only where there is a corner."""
        shown = printable(self._said)
        self.border_title = Content(shown if self._is_window else f" {shown} ")

    @property
    def _is_window(self) -> bool:
        return self.screen.size.width >= WIDE or bool(self.styles.border_left[0])

    def fit_to(self, lines: int) -> None:
        """A window is no higher than its text; a page keeps the height of the terminal."""
        if self.screen.size.width < WIDE:
            self.styles.clear_rule("height")
            return
        most = int(self.screen.size.height * _LARGEST_SHARE)
        self.styles.height = min(lines + _FRAME, most)
