"""Lines of text that scroll. Only lines that changed, and are in view, are drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from advisor.tui.render.line import TONES, Line


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows `lines`, which may be made lazily: only those in view are asked for.

    With `cursor_shown`, one line is marked and moves with the keys; without, the view scrolls.
    """

    COMPONENT_CLASSES = {*(f"line-view--{tone}" for tone in TONES), "line-view--cursor"}
    BINDINGS = [
        Binding("up,k", "move(-1)", "line up", id="up", key_display="↑ k"),
        Binding("down,j", "move(1)", "line down", id="down", key_display="↓ j"),
        Binding("pageup", "page(-1)", "page up", id="page_up", key_display="PgUp"),
        Binding("pagedown", "page(1)", "page down", id="page_down", key_display="PgDn"),
        Binding("home,g", "end(False)", "first line", id="first", key_display="g Home"),
        Binding("end,G", "end(True)", "last line", id="last", key_display="G End"),
    ]

    scrolls: ClassVar[bool] = True

    class Moved(Message):
        """The cursor is on another line."""

        def __init__(self, view: LineView, cursor: int) -> None:
            super().__init__()
            self.view = view
            self.cursor = cursor

        @property
        def control(self) -> LineView:
            return self.view

    def __init__(self, *, cursor_shown: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.cursor_shown = cursor_shown
        self.cursor = 0
        self._lines: Sequence[Line] = ()
        self._drawn: dict[int, Line] = {}
        self._styles: dict[str, Style] | None = None

    def show(self, lines: Sequence[Line]) -> None:
        """Show `lines` from now on; the cursor and the scroll position stay."""
        self._lines = lines
        self._set_virtual_height()
        top = self.scroll_offset.y
        for y in range(top, top + self.size.height):
            now = lines[y] if y < len(lines) else None
            if self._drawn.get(y) != now:
                self._drawn.pop(y, None)
                self.refresh_line(y)
        self._drawn = {y: drawn for y, drawn in self._drawn.items() if top <= y < len(lines)}
        self.move_to(self.cursor)

    @property
    def room(self) -> int:
        """The columns of a line: what the cursor's sign and the scrollbar leave, and some air.

        Without the last one a figure at the end of a line stands on the scrollbar.
        """
        return max(0, self.scrollable_content_region.width - self.cursor_shown - self.scrolls)

    @property
    def shown_text(self) -> str:
        """All lines as plain text."""
        return "\n".join("".join(part.text for part in line) for line in self._lines)

    def move_to(self, cursor: int) -> None:
        """Put the cursor on a line, as near as there is one."""
        target = max(0, min(cursor, len(self._lines) - 1))
        if target != self.cursor:
            for y in (self.cursor, target):
                self._drawn.pop(y, None)
                self.refresh_line(y)
            self.cursor = target
            self.post_message(self.Moved(self, target))
        if self.cursor_shown:
            self._scroll_to_cursor()

    def _scroll_to_cursor(self) -> None:
        """Keep the cursor in view. A line beyond the edge turns the page, but for a line or two.

        Scrolling line by line would send the whole list for every key.
        """
        top, height = self.scroll_offset.y, self.size.height
        if height <= 0 or top <= self.cursor < top + height:
            return
        kept = min(2, height // 3)
        target = self.cursor - kept if self.cursor >= top else self.cursor + kept + 1 - height
        self.scroll_to(y=max(0, target), animate=False, force=True)

    def action_move(self, lines: int) -> None:
        if self.cursor_shown:
            self.move_to(self.cursor + lines)
        else:
            self.scroll_relative(y=lines, animate=False, force=True)

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height - 1))

    def action_end(self, last: bool) -> None:
        self.action_move(len(self._lines) if last else -len(self._lines))

    def on_click(self, event: Click) -> None:
        if self.cursor_shown:
            self.move_to(event.y + self.scroll_offset.y)

    def on_resize(self, event: Resize) -> None:
        del event
        self._set_virtual_height()
        self._drawn.clear()

    def _set_virtual_height(self) -> None:
        """Say how far there is to scroll; every change costs a layout of the whole screen."""
        size = Size(self.size.width, len(self._lines))
        if self.scrolls and size != self.virtual_size:
            self.virtual_size = size

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles = None

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        width = self.size.width
        if index >= len(self._lines):
            return Strip.blank(width, self._style("plain"))
        shown = self._lines[index]
        self._drawn[index] = shown
        if self.cursor_shown and index == self.cursor:
            style = self._style("cursor")
            text = ">" + "".join(part.text for part in shown)
            return Strip([Segment(text, style)]).adjust_cell_length(width, style)
        margin = [Segment(" ", self._style("plain"))] if self.cursor_shown else []
        return Strip([*margin, *self._segments(shown)]).adjust_cell_length(
            width, self._style("plain")
        )

    def _segments(self, shown: Line) -> list[Segment]:
        """As few segments as look the same: each one costs some 30 bytes on the wire."""
        found: list[tuple[str, str]] = []
        for part in shown:
            if found and (part.tone == found[-1][1] or part.text.isspace()):
                found[-1] = (found[-1][0] + part.text, found[-1][1])
            else:
                found.append((part.text, part.tone))
        return [Segment(text, self._style(tone)) for text, tone in found]

    def _style(self, name: str) -> Style:
        if self._styles is None:
            self._styles = {}
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"line-view--{name}")
        return self._styles[name]


class LineBar(LineView, can_focus=False, inherit_bindings=False):
    """A fixed line or a few: a header, a title, a footer. What does not fit is not shown."""

    BINDINGS = []
    scrolls = False
