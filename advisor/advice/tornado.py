"""How far each input alone moves a plan's saving, and the value at which it no longer saves.

Every figure here is the engine's own, at the expected value of all other inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from advisor.advice.uncertain import Case, UncertainInput, uncertain_inputs
from advisor.projection.engine import evaluate
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup

SEARCHED = 10.0
"""A flip is looked for between a tenth of an input and ten times it."""
EXACTNESS = 1e-3
"""The bisection ends where the two ends differ by that share."""
LEAST_USD = 0.005
"""A saving that moves by less than half a cent does not move."""


@dataclass(frozen=True)
class Sensitivity:
    """USD per month that the plan saves with one input elsewhere; None where that is not known.

    One-off work is in it, spread over the horizon. `flip` is the nearest value found at which the
    decision turns: a plan that saves no longer does, or the other way round. None where it holds
    from a tenth of the input to ten times it.
    """

    key: str
    low: float
    expected: float
    high: float
    saving_at_low_usd: float | None
    saving_at_high_usd: float | None
    flip: float | None

    @property
    def swing_usd(self) -> float:
        """0 where the input has no stated range."""
        if self.saving_at_low_usd is None or self.saving_at_high_usd is None:
            return 0.0
        return abs(self.saving_at_high_usd - self.saving_at_low_usd)


def tornado(scenario: Scenario, planned: Setup) -> tuple[Sensitivity, ...]:
    """Every input that moves the saving of `planned` or turns the decision, widest swing first."""
    case = (scenario, planned)
    saves = saving_usd(case)
    if saves is None or planned == Setup():
        return ()
    found = [_sensitivity(case, saves, each) for each in uncertain_inputs(case)]
    moving = [each for each in found if each.swing_usd >= LEAST_USD or each.flip is not None]
    return tuple(sorted(moving, key=lambda each: (-each.swing_usd, each.key)))


def saving_usd(case: Case) -> float | None:
    """What the planned setup saves against nothing; None where only one of them is priced."""
    scenario, planned = case
    evaluation = evaluate(scenario, [Setup(), planned])
    for line in evaluation.lines:
        unpriced = np.isnan(line.usd_per_month) & (line.quantity != 0)
        if unpriced[0] != unpriced[1]:
            return None
    before, after = evaluation.usd_per_month
    return float(before - after)


def _sensitivity(case: Case, saves: float, each: UncertainInput) -> Sensitivity:
    def saving(value: float) -> float | None:
        return saves if value == each.expected else saving_usd(each.put(case, value))

    at_low, at_high = saving(each.low), saving(each.high)
    still = each.low < each.high and at_low == at_high == saves
    return Sensitivity(
        key=each.key,
        low=each.low,
        expected=each.expected,
        high=each.high,
        saving_at_low_usd=at_low,
        saving_at_high_usd=at_high,
        flip=None if still else _flip(saving, each, pays=saves > 0),
    )


def _flip(
    saving: Callable[[float], float | None], each: UncertainInput, pays: bool
) -> float | None:
    """The nearer of the flips below and above the expected value, as a ratio to it."""
    ends = (
        max(each.expected / SEARCHED, each.limits.least),
        min(each.expected * SEARCHED, each.limits.most),
    )
    flips = [
        flip for end in ends if (flip := _towards(saving, each.expected, end, pays)) is not None
    ]
    return min(flips, key=lambda value: abs(math.log(value / each.expected)), default=None)


def _towards(
    saving: Callable[[float], float | None], held: float, turned: float, pays: bool
) -> float | None:
    """Bisect between a value at which the decision holds and one at which it has turned."""

    def turns(value: float) -> bool:
        found = saving(value)
        return found is not None and (found > 0) != pays

    if held == turned or not turns(turned):
        return None
    while abs(turned - held) > EXACTNESS * max(turned, held):
        middle = (held + turned) / 2
        held, turned = (held, middle) if turns(middle) else (middle, turned)
    return turned
