"""Which strategies are on, with undo and redo."""

from __future__ import annotations

from advisor.errors import UsageError
from advisor.strategies.catalog import strategy_by_slug
from advisor.strategies.selection import Choice, Selection, selection
from advisor.strategies.strategy import Parameter


class Switchboard:
    """A selection that changes step by step; every change can be undone."""

    def __init__(self, chosen: Selection = ()) -> None:
        self.chosen = chosen
        self._undo: list[Selection] = []
        self._redo: list[Selection] = []
        self._stepped: dict[str, int] = {}
        """By slug, which of its parameters is stepped; the first where it is not in there."""

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

    def stepped(self, slug: str) -> Parameter | None:
        """The parameter whose level is stepped; None where the strategy has none."""
        parameters = strategy_by_slug(slug).parameters
        return parameters[self._stepped.get(slug, 0)] if parameters else None

    def step_next_parameter(self, slug: str) -> None:
        """Step the levels of the strategy's next parameter from now on, after the last the first.

        Raises UsageError where there is no other.
        """
        parameters = strategy_by_slug(slug).parameters
        if len(parameters) < 2:
            only = f"only {parameters[0].name}" if parameters else "no parameter"
            raise UsageError(f"{slug} has {only}")
        self._stepped[slug] = (self._stepped.get(slug, 0) + 1) % len(parameters)

    def step_level(self, slug: str, steps: int) -> None:
        """Move a strategy along the levels of a parameter; it is switched on if it was off.

        A strategy without parameters is left as it is, and the levels end where they end.
        """
        parameter = self.stepped(slug)
        if parameter is None:
            return
        current = self.choice(slug) or Choice(slug)
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
