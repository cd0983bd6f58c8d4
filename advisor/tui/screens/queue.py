"""The queue of measurements, laid over the main screen; it changes while it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from advisor.tui.render.queue_entries import QueueEntries, queue_heading, queue_title
from advisor.tui.screens.listing import ListScreen
from advisor.tui.widgets.sifted_list import SiftedList

if TYPE_CHECKING:
    from advisor.tui.queue import Queue
    from advisor.tui.render.line import Line


class QueueScreen(ListScreen, inherit_bindings=False):
    """Gives back the strategies of the measurement chosen, joined by commas, or None."""

    OWN: ClassVar[list[Binding]] = [
        Binding("x,delete", "cancel", "cancel this measurement", id="cancel_one", key_display="x"),
        Binding("X", "cancel_all", "cancel all of them", id="cancel_all", key_display="X"),
        Binding("enter", "choose", "switch on what it measured", id="measured_one_on",
                key_display="Enter"),
    ]  # fmt: skip
    BINDINGS = [
        *OWN,
        Binding("escape,q,J", "close", "close", id="close", key_display="Esc q"),
        ListScreen.HELP_KEY,
    ]
    FOOTER = (
        ("cancel_one", "cancel"), ("cancel_all", "cancel all"), ("measured_one_on", "switch on"),
    )  # fmt: skip

    class CancelAsked(Message):
        """Of one entry by its number; of all where that is None."""

        def __init__(self, number: int | None) -> None:
            super().__init__()
            self.number = number

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._queue = queue

    def take_queue(self, queue: Queue) -> None:
        """Show the queue as it is now."""
        if queue != self._queue:
            self._queue = queue
            self.draw()

    def title_text(self) -> str:
        return queue_title(self._queue)

    def heading_line(self, width: int) -> Line:
        return queue_heading(width)

    def entries(self, width: int) -> QueueEntries | None:
        return QueueEntries(self._queue, width) if self._queue else None

    def nothing_text(self) -> str:
        return (
            "Nothing was asked for yet. m measures what is on, x one strategy alone, T a training "
            "step, M every step of the plan."
        )

    def action_cancel(self) -> None:
        current = self.query_one(SiftedList).current
        if current is not None and self._queue:
            self.post_message(self.CancelAsked(self._queue[current].number))

    def action_cancel_all(self) -> None:
        self.post_message(self.CancelAsked(None))

    def action_choose(self) -> None:
        current = self.query_one(SiftedList).current
        if current is not None and self._queue:
            self.dismiss(",".join(self._queue[current].request.choices))
