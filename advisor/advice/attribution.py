"""How much of a plan's saving each of its strategies earns: exact Shapley values.

A strategy's share is what it saves, averaged over every order in which the plan's strategies can
be switched on (Shapley, A value for n-person games, 1953). So the shares add up to the saving, by
component of the bill too. The interaction of two is what both together save beyond what they save
apart, averaged likewise (Grabisch and Roubens, 1999): below zero where they earn the same money.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.projection.engine import evaluate
from advisor.projection.operators import Floats
from advisor.projection.result import COMPONENTS, Component
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import Choice, Selection, setup_for

MOST_STRATEGIES = 14
"""Every subset is a setup: 16,384 of them, about a second."""


@dataclass(frozen=True)
class Share:
    """USD per month, positive where the bill is lower for it."""

    choice: Choice
    by_component: Mapping[Component, float]

    @property
    def usd_per_month(self) -> float:
        return sum(self.by_component.values())


@dataclass(frozen=True)
class Interaction:
    one: Choice
    two: Choice
    usd_per_month: float


@dataclass(frozen=True)
class Attribution:
    """Shares in the order of what they save; interactions, the strongest first."""

    shares: tuple[Share, ...]
    interactions: tuple[Interaction, ...]


def attribution(scenario: Scenario, chosen: Selection) -> Attribution | None:
    """Of the expected bill; None for more than `MOST_STRATEGIES`, or where a bill is not finite.

    Prices that are not known are left out of every bill alike.
    """
    if len(chosen) > MOST_STRATEGIES:
        return None
    if not chosen:
        return Attribution((), ())
    saved = _saved(scenario, chosen)
    if not np.isfinite(saved).all():
        return None
    shares = [
        Share(choice, dict(zip(COMPONENTS, map(float, _share(saved, index)), strict=True)))
        for index, choice in enumerate(chosen)
    ]
    together = saved.sum(axis=0)
    interactions = [
        Interaction(chosen[one], chosen[two], _interaction(together, one, two))
        for one, two in itertools.combinations(range(len(chosen)), 2)
    ]
    return Attribution(
        tuple(sorted(shares, key=lambda share: (-share.usd_per_month, share.choice.slug))),
        tuple(sorted(interactions, key=lambda each: -abs(each.usd_per_month))),
    )


def _saved(scenario: Scenario, chosen: Selection) -> Floats:
    """USD per month by component and subset, shape (components, 2 ** strategies).

    Bit i of a column's number says whether strategy i is in the subset.
    """
    setups = [setup_for(subset) for subset in _subsets(chosen)]
    lines = evaluate(scenario, setups).lines
    bills = [
        np.nansum(
            [np.zeros(len(setups)), *(x.usd_per_month for x in lines if x.component == component)],
            axis=0,
        )
        for component in COMPONENTS
    ]
    costs: Floats = np.array(bills)
    return costs[:, :1] - costs


def _subsets(chosen: Sequence[Choice]) -> list[Selection]:
    return [
        tuple(choice for index, choice in enumerate(chosen) if number >> index & 1)
        for number in range(2 ** len(chosen))
    ]


def _share(saved: Floats, player: int) -> Floats:
    """The Shapley value of one strategy in each row of `saved`."""
    subsets = np.arange(saved.shape[-1])
    without = subsets[subsets >> player & 1 == 0]
    gained: Floats = saved[..., without | 1 << player] - saved[..., without]
    return np.asarray(gained @ _weights(without, saved.shape[-1], joining=1))


def _interaction(saved: Floats, one: int, two: int) -> float:
    """The Shapley interaction index of two strategies."""
    subsets = np.arange(saved.shape[-1])
    both = 1 << one | 1 << two
    without = subsets[subsets & both == 0]
    beyond = (
        saved[without | both] - saved[without | 1 << one] - saved[without | 1 << two]
    ) + saved[without]
    return float(beyond @ _weights(without, saved.shape[-1], joining=2))


def _weights(subsets: Floats, count: int, joining: int) -> Floats:
    """How often each subset is what stands there when `joining` strategies come in together."""
    players = count.bit_length() - 1
    by_size = [
        math.factorial(size)
        * math.factorial(players - size - joining)
        / math.factorial(players - joining + 1)
        for size in range(players - joining + 1)
    ]
    sizes = [int(subset).bit_count() for subset in subsets]
    return np.array(by_size)[sizes]
