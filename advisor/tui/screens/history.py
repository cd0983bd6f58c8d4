"""Measurements of all models on this machine and their errors, laid over the main screen."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.message import Message

from advisor import units
from advisor.errors import AdvisorError
from advisor.tui.render.history_entries import HistoryEntries, history_heading, history_summary
from advisor.tui.screens.listing import ListScreen

if TYPE_CHECKING:
    from advisor.history import History, Record
    from advisor.tui.render.line import Line


@dataclass
class Recalled(Message):
    """`problem` says why the file cannot be read."""

    records: list[Record]
    problem: str | None = None


class HistoryScreen(ListScreen, inherit_bindings=False):
    BINDINGS = [
        Binding("escape,q,H", "close", "close", id="close", key_display="Esc q"),
        ListScreen.HELP_KEY,
    ]

    def __init__(self, history: History) -> None:
        super().__init__()
        self._history = history
        self._records: list[Record] = []
        self._said = "the history is being read"

    def on_mount(self) -> None:
        threading.Thread(target=self._work, name="history", daemon=True).start()

    def _work(self) -> None:
        try:
            news = Recalled(self._history.records())
        except AdvisorError as error:
            news = Recalled([], str(error))
        self.post_message(news)

    def on_recalled(self, news: Recalled) -> None:
        self._records = news.records
        self._said = news.problem or "Nothing was measured on this machine yet: m measures."
        self.draw()

    def title_text(self) -> str:
        count = units.counted(len(self._records), "measurement")
        return f"history: {count} on this machine"

    def summary_lines(self, width: int) -> Sequence[Line]:
        return history_summary(self._records, width) if self._records else ()

    def heading_line(self, width: int) -> Line:
        return history_heading(width)

    def entries(self, width: int) -> HistoryEntries | None:
        return HistoryEntries(self._records, width) if self._records else None

    def nothing_text(self) -> str:
        return self._said
