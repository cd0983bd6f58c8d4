"""A list whose lines can be filtered and sorted, and whose cursor stays on its entry meanwhile."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message

from advisor.tui.sieve import Entries, PassedLines, Sieve, with_headings
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
        """The entry on each line; below 0 a heading, which the cursor steps over."""
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
        index = self.order[self.cursor] if self.cursor < len(self.order) else -1
        return index if index >= 0 else None

    @property
    def passed(self) -> list[int]:
        """The entries that pass, in their order."""
        return [index for index in self.order if index >= 0]

    @property
    def counted(self) -> str:
        """How many entries there are, or pass of all."""
        every = 0 if self.entries is None else len(self.entries)
        return f"{len(self.passed):,} of {every:,}"

    def move_to(self, cursor: int) -> None:
        super().move_to(self._off_headings(cursor))
        if self.entries is not None and self.current is not None:
            self._wanted = self.entries.identity(self.current)
        if 0 < self.cursor < len(self.order) and self.order[self.cursor - 1] < 0:
            above = Region(0, self.cursor - 1, 1, min(2, self.size.height))
            self.scroll_to_region(above, animate=False, force=True, x_axis=False)

    def put_cursor_on(self, identity: Hashable) -> None:
        """Where that entry is not shown, the cursor stays."""
        place = self._place_of(identity)
        if place is not None:
            self.move_to(place)

    def _place_of(self, identity: Hashable) -> int | None:
        entries = self.entries
        if entries is None:
            return None
        places = enumerate(self.order)
        return next((at for at, i in places if i >= 0 and entries.identity(i) == identity), None)

    def _off_headings(self, cursor: int) -> int:
        """The next line with an entry on it, the way that the cursor goes; else the other way."""
        at = max(0, min(cursor, len(self.order) - 1))
        if not self.order or self.order[at] >= 0:
            return cursor
        ahead = next((each for each in range(at, len(self.order)) if self.order[each] >= 0), None)
        behind = next((each for each in range(at, -1, -1) if self.order[each] >= 0), None)
        first, other = (behind, ahead) if at < self.cursor else (ahead, behind)
        found = other if first is None else first
        return cursor if found is None else found

    def _pass_through(self, entries: Entries) -> None:
        wanted = self._wanted
        passed = self.sieve.pass_through(entries)
        self.order = with_headings(entries, passed) if self.sieve.sort is None else passed
        self.show(PassedLines(entries, self.order))
        place = self._place_of(wanted)
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
