"""A line of text to be typed, whose cursor stands still: one that blinks sends bytes all day."""

from __future__ import annotations

from textual.widgets import Input


class Field(Input):
    def on_mount(self) -> None:
        self.cursor_blink = False
