"""A list whose lines can be filtered and sorted, and whose cursor stays on its entry meanwhile."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from textual.binding import Binding
from textual.message import Message

from advisor.tui.sieve import Entries, PassedLines, Sieve
from advisor.tui.widgets.line_view import LineView


class SiftedList(LineView):
    """Shows the entries that pass its sieve; the keys that change the sieve are the same in all."""

    BINDINGS = [
        Binding("slash", "ask_filter", "filter the lines by words", id="filter", key_display="/"),
        Binding("s", "sort", "sort by the next column", id="sort"),
        Binding("S", "reverse", "turn the sorting around", id="reverse", key_display="S"),
        Binding("escape", "clear", "clear filter and sorting", id="clear", key_display="Esc"),
    ]

    class FilterAsked(Message):
        """The words to filter by are to be typed."""

        def __init__(self, view: SiftedList) -> None:
            super().__init__()
            self.view = view

    class Sifted(Message):
        """Other entries are shown, or in another order."""

        def __init__(self, view: SiftedList) -> None:
            super().__init__()
            self.view = view

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(cursor_shown=True, id=id)
        self.sieve = Sieve()
        self.entries: Entries | None = None
        self.order: list[int] = []
        self._wanted: Hashable = None

    def show_entries(self, entries: Entries | None) -> None:
        """Show `entries` from now on, as far as they pass; None leaves what is shown alone."""
        self.entries = entries
        if entries is not None:
            if self.sieve.sort not in entries.sort_titles:
                self.sieve = replace(self.sieve, sort=None, descending=False)
            self._pass_through(entries)

    def sift(self, sieve: Sieve) -> None:
        """Use another sieve; the cursor goes with its entry, and comes back to it."""
        if sieve == self.sieve:
            return
        self.sieve = sieve
        if self.entries is not None:
            self._pass_through(self.entries)
        self.post_message(self.Sifted(self))

    @property
    def current(self) -> int | None:
        """The index of the entry under the cursor; None where none passes."""
        return self.order[self.cursor] if self.cursor < len(self.order) else None

    @property
    def counted(self) -> str:
        """How many entries there are, or pass of all."""
        every = 0 if self.entries is None else len(self.entries)
        return f"{len(self.order):,} of {every:,}"

    def move_to(self, cursor: int) -> None:
        super().move_to(cursor)
        if self.entries is not None and self.current is not None:
            self._wanted = self.entries.identity(self.current)

    def _pass_through(self, entries: Entries) -> None:
        wanted = self._wanted
        self.order = self.sieve.pass_through(entries)
        self.show(PassedLines(entries, self.order))
        places = (at for at, each in enumerate(self.order) if entries.identity(each) == wanted)
        place = next(places, None)
        if wanted is None:
            return
        if place is None:
            self._wanted = wanted  # it may pass again later
        else:
            self.move_to(place)

    def action_ask_filter(self) -> None:
        self.post_message(self.FilterAsked(self))

    def action_sort(self) -> None:
        if self.entries is not None:
            self.sift(self.sieve.sorted_by_next(self.entries.sort_titles))

    def action_reverse(self) -> None:
        if self.sieve.sort is None:
            self.action_sort()
        self.sift(replace(self.sieve, descending=not self.sieve.descending))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc is left to what is around the list where there is nothing to clear."""
        del parameters
        return action != "clear" or not self.sieve.is_open

    def action_clear(self) -> None:
        self.sift(Sieve())
