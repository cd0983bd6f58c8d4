"""The bill, a cursor on its lines: Enter shows where the figures of one come from."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.events import Resize
from textual.message import Message

from advisor.tui.widgets.line_view import LineView
from advisor.tui.widgets.views import not_yet

if TYPE_CHECKING:
    from advisor.tui.render.bill import BillText
    from advisor.tui.render.bill_item import Pair
    from advisor.tui.shown import Shown


def today() -> date:
    """In UTC: prices are as old as on that day."""
    return datetime.now(tz=timezone.utc).date()


class BillView(LineView):
    """Line items with a cursor; what is asked of one is told to the app."""

    BINDINGS = [
        Binding(
            "enter,w", "detail", "formula, inputs and sources", id="detail", key_display="Enter"
        )
    ]

    class Asked(Message):
        """The seeds of a line item are wanted."""

        def __init__(self, pair: Pair) -> None:
            super().__init__()
            self.pair = pair

    def __init__(self) -> None:
        super().__init__(cursor_shown=True, id="bill")
        self._shown: Shown | None = None
        self._text: BillText | None = None

    def draw(self, shown: Shown) -> None:
        self._shown = shown
        if not self.size.width:
            return
        if shown.snapshot is None:
            self._text = None
            self.show(not_yet(shown))
            return
        from advisor.tui.render.bill import bill_text

        self._text = bill_text(shown.snapshot, self.room, today())
        self.show(self._text.lines)

    def action_detail(self) -> None:
        pair = None if self._text is None else self._text.item_at(self.cursor)
        if pair is not None:
            self.post_message(self.Asked(pair))

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        if self._shown is not None:
            self.draw(self._shown)
