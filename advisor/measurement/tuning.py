"""The strongest level of a strategy that keeps the quality floor, found by measuring.

Imports no torch: what measures is handed in, and its answers are its own record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from advisor.catalog.workload import Quality
from advisor.errors import ModelError, UsageError
from advisor.measurement.result import Measurement
from advisor.strategies.catalog import strategy_by_slug
from advisor.strategies.selection import Choice

Measure = Callable[[Choice], Measurement]


@dataclass(frozen=True)
class Tried:
    """One level that was measured."""

    choice: Choice
    measurement: Measurement
    keeps_floor: bool


@dataclass(frozen=True)
class Tuned:
    """`strongest` is None where not even the weakest level keeps the floor."""

    strongest: Choice | None
    tried: tuple[Tried, ...]
    """In the order they were measured."""


def levels_by_strength(slug: str, parameter: str | None, origin: str) -> tuple[Choice, ...]:
    """A strategy's choices along one parameter, the first where None, from weak to strong.

    Strength is the most that a level is published to lose, then the order of the levels. Raises
    UsageError where the strategy has nothing to tune or is not done to a model.
    """
    strategy = strategy_by_slug(slug, origin)
    if strategy.apply is None or not strategy.parameters:
        lacks = "levels" if strategy.apply is not None else "anything that is done to a model"
        raise UsageError(f"{origin} {slug}: it has not {lacks}, so there is nothing to tune")
    named = strategy.parameters[0] if parameter is None else strategy.parameter(parameter, origin)
    choices = [Choice(slug).at(named.name, level) for level in named.levels]
    return tuple(sorted(choices, key=lambda each: strategy.quality_drop(each.all_levels()).high))


def first_to_try(count: int, keeps: bool | None) -> int:
    """Which of `count` levels to measure first: the middle one, or further to where it will be.

    `keeps` is whether the losses of single layers, at the middle level, add up to less than the
    floor allows; None where nobody knows.
    """
    middle = count // 2
    if keeps is None:
        return middle
    return (middle + count) // 2 if keeps else middle // 2


def tune(
    choices: Sequence[Choice], floor: Quality, measure: Measure, first: int | None = None
) -> Tuned:
    """Bisect `choices`, from weak to strong, as if quality only fell along them.

    `first` is the index to begin with, the middle where None. The floor is kept where neither the
    metric nor its worst class is shown to lose more than it allows. Raises ModelError where the
    model brings no evaluation to hold it against.
    """
    tried: list[Tried] = []
    low, high = 0, len(choices)  # all below `low` keep it, all from `high` on break it
    while low < high:
        middle = (low + high) // 2 if tried or first is None else first
        found = measure(choices[middle])
        keeps = keeps_floor(found, floor)
        tried.append(Tried(choices[middle], found, keeps))
        low, high = (middle + 1, high) if keeps else (low, middle)
    return Tuned(choices[low - 1] if low else None, tuple(tried))


def keeps_floor(found: Measurement, floor: Quality) -> bool:
    """Whether the measured drops stay within `floor`; ModelError where there is no metric."""
    if found.quality_drop is None:
        raise ModelError(
            f"{found.request.model.reference} brings no evaluation with trained weights, so no "
            "quality floor can be held: give it one (advisor.Evaluation)"
        )
    worst, limit = found.worst_class_drop, floor.max_worst_class_drop
    class_keeps = limit is None or worst is None or worst <= limit
    return found.quality_drop <= floor.max_drop and class_keeps
