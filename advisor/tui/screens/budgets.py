"""Budgets and objectives, laid over the main screen; what is typed holds at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding

from advisor.tui.render.budgets import budget_lines
from advisor.tui.screens.choices import ChoicesScreen
from advisor.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from advisor.tui.budgets import Budget

KEYS = "budgets (Enter or ←→ changes, empty is none of yours, Esc closes)"


class BudgetsScreen(ChoicesScreen, inherit_bindings=False):
    """`write` gets the name of a budget and what was typed for it, `turn` how many aims further."""

    BINDINGS = [
        Binding("enter,space", "edit", "change it", id="budget_edit", key_display="Enter space"),
        Binding("right,l", "turn(1)", "next aim", id="budget_next", key_display="→ l"),
        Binding("left,h", "turn(-1)", "aim before", id="budget_previous", key_display="← h"),
        Binding("escape,q,b", "close", "close", id="budget_close", key_display="Esc q"),
    ]

    HEIGHT_BELOW = 1

    def __init__(
        self, budgets: Callable[[], Sequence[Budget]], write: Callable[[str, str], None],
        turn: Callable[[int], None],
    ) -> None:  # fmt: skip
        super().__init__(KEYS, lambda width: budget_lines(budgets(), width))
        self._budgets = budgets
        self._write = write
        self._turn = turn

    def below(self) -> ComposeResult:
        typed = Field(id="budgets-typed", compact=True)
        typed.display = False
        yield typed

    @property
    def _current(self) -> Budget | None:
        found, cursor = self._budgets(), self.choices.cursor
        return found[cursor] if cursor < len(found) else None

    def action_edit(self) -> None:
        current = self._current
        if current is None:
            return
        if current.is_choice:
            self.action_turn(1)
            return
        typed = self.query_one(Field)
        typed.value, typed.placeholder = current.typed, f"{current.title}: {current.unit}"
        typed.display = True
        typed.focus()

    def on_input_submitted(self) -> None:
        """Take what was typed; the list, and the keys with it, come back."""
        current, text = self._current, self.query_one(Field).value
        self._leave_field()
        if current is not None and text.strip() != current.typed:
            self._write(current.name, text)
            self.draw()

    def action_turn(self, steps: int) -> None:
        current = self._current
        if current is not None and current.is_choice:
            self._turn(steps)
            self.draw()

    def action_close(self) -> None:
        if self.query_one(Field).display:
            self._leave_field()
        else:
            self.dismiss()

    def _leave_field(self) -> None:
        self.query_one(Field).display = False
        self.choices.focus()
