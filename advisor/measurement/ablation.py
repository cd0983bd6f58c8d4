"""Which strategy of a measured combination changed what: each alone, and the whole without it.

What a strategy saves is taken as the mean of what it saves alone and what it saves added last. The
parts of two strategies add up to the whole exactly (it is their Shapley value); those of more leave
a rest, which is told and given to none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from advisor.strategies.selection import Choice, Selection


@dataclass(frozen=True)
class Part:
    """The share of the baseline's time that `choice` takes away; negative where it adds some."""

    choice: Choice
    alone: float
    last: float

    @property
    def saved(self) -> float:
        return (self.alone + self.last) / 2


@dataclass(frozen=True)
class Ablation:
    whole: float
    """What all strategies together take away."""
    parts: tuple[Part, ...]

    @property
    def rest(self) -> float:
        """What the parts do not explain: strategies that help or hinder one another."""
        return self.whole - sum(part.saved for part in self.parts)


def ablations(chosen: Selection) -> tuple[Selection, ...]:
    """Every selection that must be measured: the whole, each alone, the whole without each."""
    wanted = [chosen]
    for choice in chosen:
        wanted += [(choice,), without(chosen, choice)]
    return tuple(dict.fromkeys(each for each in wanted if each))


def without(chosen: Selection, left_out: Choice) -> Selection:
    return tuple(each for each in chosen if each != left_out)


def attribute(chosen: Selection, saved: Callable[[Selection], float]) -> Ablation:
    """`saved` gives what a selection takes away, 0 for the empty one."""
    whole = saved(chosen)
    parts = [
        Part(choice, saved((choice,)), whole - saved(without(chosen, choice))) for choice in chosen
    ]
    return Ablation(whole, tuple(parts))
