"""A descent in the projected bill: from nothing on, always the one change that saves most.

It ends in a setup that no single change makes cheaper, which need not be the cheapest of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from advisor.advice.rules._alone import COMPILE, LEAST_USD
from advisor.advice.space import Row
from advisor.advice.start import brought_within, rows_alone
from advisor.projection.engine import evaluate, feasible
from advisor.projection.operators import Floats
from advisor.projection.scenario import Scenario
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import (
    Choice,
    Selection,
    conflict,
    every_choice,
    lacking_on,
    selection,
    setup_for,
)


def descent(scenario: Scenario, start: Selection = ()) -> Iterator[tuple[Selection, float]]:
    """What each change leads to, and what that change saves, USD a month.

    Nothing of `start` is given up. From an infeasible setup the first change goes to the cheapest
    feasible one within its reach; from nothing on, where there is none, to one that several
    changes reach, each of which breaks the limits less.
    """
    able = {
        slug: choices
        for slug, choices in every_choice().items()
        if lacking_on(scenario.hardware, strategies()[slug]) is None
    }
    usable = [choice for choices in able.values() for choice in choices]
    now, nothing = start, float(evaluate(scenario, [setup_for(())]).usd_per_month[0])
    cost = float(_usd(scenario, [now])[0])
    if not start and np.isinf(cost) and np.isinf(_usd(scenario, list(_changes((), usable)))).all():
        kept = brought_within(scenario, rows_alone(scenario, able), Row())
        now = () if kept is None else kept.chosen
        cost = float(_usd(scenario, [now])[0])
        yield now, nothing - cost
    while True:
        near = [each for each in _changes(now, usable) if set(start) <= set(each)]
        costs = _usd(scenario, near)
        best = int(np.argmin(costs))
        if not costs[best] < cost - LEAST_USD:
            return
        saved = (nothing if np.isinf(cost) else cost) - float(costs[best])
        now, cost = near[best], float(costs[best])
        yield now, saved


def _usd(scenario: Scenario, found: Sequence[Selection]) -> Floats:
    """USD a month, shape (setups,); infinite where a constraint is broken or a price is missing."""
    evaluation = evaluate(scenario, [setup_for(each) for each in found])
    usd = np.where(feasible(scenario, evaluation), evaluation.usd_per_month, np.inf)
    return np.where(np.isnan(usd), np.inf, usd)


def _changes(now: Selection, usable: Sequence[Choice]) -> Iterator[Selection]:
    """Without one choice, or with one more in place of all that conflict, compiled or not."""
    for gone in now:
        yield tuple(choice for choice in now if choice != gone)
    for choice in usable:
        if choice not in now:
            yield _with(now, choice)
            if choice.slug != COMPILE.slug:
                yield _with(_with(now, choice), COMPILE)


def _with(now: Selection, choice: Choice) -> Selection:
    kept = [
        each for each in now if each.slug != choice.slug and conflict(choice.slug, [each]) is None
    ]
    return selection([*kept, choice])
