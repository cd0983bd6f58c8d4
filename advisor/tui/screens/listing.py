"""A list laid over the main screen: filtered, sorted and searched like those of the views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen

from advisor.tui.keys import Named, shown_keys
from advisor.tui.render.header import footer_line
from advisor.tui.render.line import Line, wrap
from advisor.tui.widgets.box import BREAKPOINTS, Box
from advisor.tui.widgets.filter_line import FilterLine
from advisor.tui.widgets.line_view import LineBar
from advisor.tui.widgets.sifted_list import SiftedList

if TYPE_CHECKING:
    from advisor.tui.app import AdvisorApp
    from advisor.tui.queue import Queue
    from advisor.tui.sieve import Entries


class ListScreen(ModalScreen[str | None], inherit_bindings=False):
    """Gives back what was chosen, None where nothing was. Subclasses say what is listed."""

    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    HELP_KEY: ClassVar[Binding] = Binding(
        "question_mark,f1", "app.help", "help", id="list_help", key_display="? F1"
    )
    BINDINGS = [Binding("escape,q", "close", "close", id="close", key_display="Esc q"), HELP_KEY]
    OWN: ClassVar[list[Binding]] = []
    """Keys that only this list has."""
    FOOTER: ClassVar[Sequence[tuple[str, str]]] = ()
    """Their ids, each with a word for the footer; those of every list follow."""

    def compose(self) -> ComposeResult:
        with Box():
            yield LineBar(id="list-summary")
            yield LineBar(id="list-heading")
            yield SiftedList(id="list")
            yield FilterLine()
            yield LineBar(id="list-footer")

    def on_mount(self) -> None:
        self.query_one(SiftedList).focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    def take_queue(self, queue: Queue) -> None:
        """What is measured has changed; most lists show nothing of it."""

    def title_text(self) -> str:
        raise NotImplementedError

    def summary_lines(self, width: int) -> Sequence[Line]:
        """What stands between title and heading."""
        del width
        return ()

    def heading_line(self, width: int) -> Line:
        raise NotImplementedError

    def entries(self, width: int) -> Entries | None:
        """What is listed; None where there is nothing, and then `nothing_text` says why."""
        raise NotImplementedError

    def nothing_text(self) -> str:
        raise NotImplementedError

    def draw(self) -> None:
        found = self.query_one(SiftedList)
        found.cursor_shown = True  # its sign takes a column of each entry
        around, width = found.size.width, found.room
        if width <= 0:
            return
        self.query_one(Box).name_it(self.title_text())
        self._bar("list-summary", self.summary_lines(around))
        self._bar("list-footer", [footer_line(self._footer_keys(), around)])
        entries = self.entries(width)
        if entries is None:
            found.cursor_shown = False  # a word about nothing cannot be chosen
            self._bar("list-heading", [])
            found.show(wrap(self.nothing_text(), width, " ", "dim"))
            return
        self._bar("list-heading", [self.heading_line(width)])
        found.show_entries(entries)
        self.query_one(FilterLine).draw(found)

    def _footer_keys(self) -> list[Named]:
        app: AdvisorApp = self.app  # type: ignore[assignment]  # there is no other app
        own = {each.id: each for each in self.OWN}
        keys = [(shown_keys(own[name], app.keys_chosen), word) for name, word in self.FOOTER]
        return [*keys, ("/", "filter"), ("s", "sort"), ("?", "help"), ("Esc", "close")]

    def _bar(self, name: str, shown: Sequence[Line]) -> None:
        bar = self.query_one(f"#{name}", LineBar)
        if bar.styles.height is None or bar.styles.height.value != len(shown):
            bar.styles.height = len(shown)
        bar.show(shown)

    def on_sifted_list_filter_asked(self, asked: SiftedList.FilterAsked) -> None:
        self.query_one(FilterLine).type_for(asked.view)

    def on_sifted_list_sifted(self, sifted: SiftedList.Sifted) -> None:
        self.query_one(FilterLine).draw(sifted.view)

    def action_close(self) -> None:
        self.dismiss(None)
