"""What a plan is after: the figure that it makes least, and the work that it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from advisor import units
from advisor.errors import UsageError
from advisor.projection.engine import Evaluation
from advisor.projection.operators import Floats
from advisor.projection.scenario import Scenario

Objective = Literal["cost", "latency", "memory", "energy"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)


@dataclass(frozen=True)
class Goal:
    """The objective, and limits on the one-off work of all strategies together.

    - `cost`: USD a month.
    - `latency`: seconds of a batch with the wait until it is full; of a decoder, from a request
      to its last token at the batch that is served.
    - `memory`: bytes of one accelerator that serves, and of one that trains where any does.
    - `energy`: kWh a month.

    Under another objective than cost, of setups that differ by less than a thousandth or so the
    cheaper is taken (`DECISIVE`).
    """

    objective: Objective = "cost"
    max_days: float | None = None
    """Of an engineer, as expected."""
    max_up_front_usd: float | None = None
    """What those days may cost."""

    def __post_init__(self) -> None:
        if self.objective not in OBJECTIVES:
            raise UsageError(f"objective {self.objective!r}: choose from {', '.join(OBJECTIVES)}")
        for name, value in (("days", self.max_days), ("up-front USD", self.max_up_front_usd)):
            if value is not None and not 0 <= value < np.inf:
                raise UsageError(f"at most {value:g} {name}: it must be 0 or more")

    def words(self) -> list[str]:
        """The options of the command line that ask for it."""
        given = [] if self.objective == "cost" else ["--objective", self.objective]
        if self.max_days is not None:
            given += ["--max-days", units.exact(self.max_days)]
        if self.max_up_front_usd is not None:
            given += ["--max-upfront", units.exact(self.max_up_front_usd)]
        return given

    @property
    def is_bounded(self) -> bool:
        """Whether the work is limited."""
        return self.max_days is not None or self.max_up_front_usd is not None


COST = Goal()
DECISIVE = 1e3
"""A thousandth of the objective's figure weighs as much as the whole bill: far less than any
projection is known to, so that which of two alike setups is cheaper still tells."""


def figure(scenario: Scenario, evaluation: Evaluation, objective: Objective) -> Floats:
    """The objective of each setup, shape (setups,); infinite where it is not known.

    Where nothing is served, or nothing trained, that part of it is 0; so the figures of serving
    alone and of training alone add up to the figure of both.
    """
    served, trained, fleet = evaluation.served, evaluation.trained, evaluation.fleet
    serves = scenario.workload.serving.requests_per_month > 0
    trains = scenario.workload.training.runs_per_month > 0
    nothing = np.zeros_like(served.latency_s)
    if objective == "cost":
        return evaluation.usd_per_month
    if objective == "latency":
        return _known(served.gathering_s + served.latency_s) if serves else nothing
    if objective == "memory":
        serving = _known(served.memory_bytes) if serves else nothing
        return serving + (_known(trained.memory_bytes) if trains else nothing)
    serving = _known(fleet.energy_kwh - fleet.training_energy_kwh) if serves else nothing
    return serving + (_known(fleet.training_energy_kwh) if trains else nothing)


def _known(values: Floats) -> Floats:
    return np.asarray(np.where(np.isnan(values), np.inf, values))
