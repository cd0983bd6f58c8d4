"""Which model to open: those measured before, built-in ones, or one named by the user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.suggester import Suggester
from textual.widgets import Input

from advisor.models.listing import REFERENCE_FORMS
from advisor.tui.models import Offer, OfferEntries, completed, is_path_like, offers
from advisor.tui.render.header import footer_line
from advisor.tui.render.line import Line, Span, fit, line, rule
from advisor.tui.sieve import Sieve
from advisor.tui.widgets.field import Field
from advisor.tui.widgets.line_view import LineBar
from advisor.tui.widgets.sifted_list import SiftedList

if TYPE_CHECKING:
    from advisor.history import History
    from advisor.tui.kept import Recent

KEYS = (
    ("type", "find or name a model"), ("→", "complete"), ("↑↓", "choose"), ("Enter", "open"),
    ("Esc", "leave"),
)  # fmt: skip


class PathSuggester(Suggester):
    """Completes a path, from the folder the program was started in."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return completed(value)


class StartScreen(Screen[str | None], inherit_bindings=False):
    """Gives back the reference of a model, None where it was left without one."""

    BINDINGS = [
        Binding("enter", "open", "open the model", id="start_open", key_display="Enter"),
        Binding("escape", "leave", "leave", id="start_leave", key_display="Esc"),
        Binding("down", "move(1)", "model below", id="start_down", key_display="↓"),
        Binding("up", "move(-1)", "model above", id="start_up", key_display="↑"),
        Binding("pagedown", "move(10)", "further below", id="start_page_down", key_display="PgDn"),
        Binding("pageup", "move(-10)", "further above", id="start_page_up", key_display="PgUp"),
    ]

    def __init__(self, history: History, recent: Sequence[Recent] = ()) -> None:
        super().__init__()
        self._history = history
        self._recent = recent
        self._offers: tuple[Offer, ...] = ()

    def compose(self) -> ComposeResult:
        yield LineBar(id="start-title")
        yield LineBar(id="start-hint")
        yield Field(
            id="start-typed", compact=True, placeholder="model or path", suggester=PathSuggester()
        )
        yield LineBar(id="start-heading")
        found = SiftedList(id="start-list")
        found.can_focus = False  # the keys are the field's; up and down are the screen's
        yield found
        yield LineBar(id="start-footer")

    def on_mount(self) -> None:
        self._offers = tuple(offers(self._history, self._recent))
        self.query_one(Input).focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self.size.width
        title = " advisor  which model? Words find one below; or name one:"
        self._bar("start-title", line(Span(fit(title, width), "title")))
        self._bar("start-hint", line(Span(fit(f" {', '.join(REFERENCE_FORMS)}", width), "dim")))
        self._bar("start-footer", footer_line(KEYS, width))
        self.query_one(SiftedList).show_entries(
            OfferEntries(self._offers, self.query_one(SiftedList).room)
        )
        self._draw_count()

    def _draw_count(self) -> None:
        found, every = self.query_one(SiftedList), len(self._offers)
        counted = f"{every}" if len(found.passed) == every else found.counted
        self._bar("start-heading", rule(f"{counted} models", self.size.width))

    def _bar(self, name: str, shown: Line) -> None:
        self.query_one(f"#{name}", LineBar).show([shown])

    def on_input_changed(self, event: Input.Changed) -> None:
        words = "" if is_path_like(event.value) else event.value
        found = self.query_one(SiftedList)
        found.sift(Sieve(words))
        if isinstance(found.entries, OfferEntries):
            nearest = found.entries.nearest(words.strip())
            if nearest is not None:
                found.put_cursor_on(nearest)
        self._draw_count()

    def on_input_submitted(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open what is typed where it names a model itself, else the one under the cursor."""
        typed = self.query_one(Input).value.strip()
        current = self.query_one(SiftedList).current
        known = {each.reference for each in self._offers}
        if typed and (typed in known or is_path_like(typed) or current is None):
            self.dismiss(typed)
        elif current is not None and self._offers[current].reference:
            self.dismiss(self._offers[current].reference)

    def action_move(self, lines: int) -> None:
        self.query_one(SiftedList).action_move(lines)

    def action_leave(self) -> None:
        self.dismiss(None)
