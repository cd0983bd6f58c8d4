"""Which strategies are on, with undo and redo."""

from __future__ import annotations

from advisor.strategies.catalog import strategy_by_slug
from advisor.strategies.selection import Choice, Selection, selection


class Switchboard:
    """A selection that changes step by step; every change can be undone."""

    def __init__(self, chosen: Selection = ()) -> None:
        self.chosen = chosen
        self._undo: list[Selection] = []
        self._redo: list[Selection] = []

    def select(self, chosen: Selection) -> None:
        """Switch on exactly `chosen`."""
        if chosen != self.chosen:
            self._undo.append(self.chosen)
            self._redo.clear()
            self.chosen = chosen

    def choice(self, slug: str) -> Choice | None:
        """The choice that is on for `slug`, None where it is off."""
        return next((choice for choice in self.chosen if choice.slug == slug), None)

    def toggle(self, slug: str) -> None:
        """Switch a strategy on or off; UsageError says what it conflicts with."""
        strategy_by_slug(slug)
        rest = [choice for choice in self.chosen if choice.slug != slug]
        self.select(selection(rest if self.choice(slug) else [*rest, Choice(slug)]))

    def step_level(self, slug: str, steps: int) -> None:
        """Move a strategy along the levels of its first parameter; it is switched on if it was off.

        A strategy without parameters is left as it is, and the levels end where they end.
        """
        strategy = strategy_by_slug(slug)
        if not strategy.parameters:
            return
        current = self.choice(slug) or Choice(slug)
        parameter = strategy.parameters[0]
        index = parameter.levels.index(current.all_levels()[parameter.name]) + steps
        level = parameter.levels[max(0, min(index, len(parameter.levels) - 1))]
        rest = [choice for choice in self.chosen if choice.slug != slug]
        self.select(selection([*rest, current.at(parameter.name, level)]))

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    def undo(self) -> None:
        if self._undo:
            self._redo.append(self.chosen)
            self.chosen = self._undo.pop()

    def redo(self) -> None:
        if self._redo:
            self._undo.append(self.chosen)
            self.chosen = self._redo.pop()
