"""What the search makes least, in dollars: the bill, and beside it an objective at a price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.advice.goal import DECISIVE, Goal, Objective, figure
from advisor.catalog.quantity import Quantity
from advisor.errors import UsageError
from advisor.projection.engine import Evaluation, evaluate
from advisor.projection.operators import Floats
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup


@dataclass(frozen=True)
class Aim:
    """What a search makes least: the bill, and beside it the objective's figure at a price.

    `lacking` are the prices that every bill lacks, so that bills without them compare.
    """

    lacking: frozenset[str | None] = frozenset()
    objective: Objective = "cost"
    usd_per_unit: float = 0.0

    def total(self, scenario: Scenario, evaluation: Evaluation) -> Floats:
        """USD a month with the figure at its price, shape (setups,)."""
        return evaluation.usd_per_month + self.priced(scenario, evaluation)

    def priced(self, scenario: Scenario, evaluation: Evaluation) -> Floats:
        """The figure at its price; 0 where the bill itself is the objective."""
        if self.objective == "cost":
            return np.zeros_like(evaluation.served.latency_s)
        return self.usd_per_unit * figure(scenario, evaluation, self.objective)


def price_of(scenario: Scenario, evaluation: Evaluation, objective: Objective) -> float:
    """USD for a unit of `objective`, from the first of the setups that have a finite figure.

    Raises UsageError where none has one: it can't be made least.
    """
    if objective == "cost":
        return 0.0
    if objective == "latency" and scenario.workload.serving.requests_per_month <= 0:
        raise UsageError(
            f"objective 'latency': workload {scenario.workload.id} serves nothing "
            "(serving.requests_per_month is 0)"
        )
    found = figure(scenario, evaluation, objective)
    usable = np.flatnonzero(np.isfinite(found) & (found > 0))
    if not usable.size:
        raise UsageError(
            f"objective {objective!r}: not known of any setup on {scenario.hardware.id}"
            + (" (its profile states no power)" if objective == "energy" else "")
        )
    first = usable[0]
    return DECISIVE * max(float(evaluation.usd_per_month[first]), 1.0) / float(found[first])


def usd_per_day(scenario: Scenario) -> float:
    """What a day of one-off work adds to the bill of each month of the horizon."""
    work = Setup(effort_days=Quantity.exact(1.0))
    nothing, one = evaluate(scenario, [Setup(), work]).usd_per_month
    return float(one - nothing)


def allowed_days(scenario: Scenario, goal: Goal) -> float:
    """Days of one-off work that the limits of `goal` leave; infinite where there are none."""
    limits = [np.inf if goal.max_days is None else goal.max_days]
    once = usd_per_day(scenario) * scenario.workload.horizon_months
    if goal.max_up_front_usd is not None and once > 0:
        limits.append(goal.max_up_front_usd / once)
    return min(limits)
