"""The share of requests that reaches the model where answers are kept and given again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.catalog.quantity import Quantity, Source
from advisor.projection.operators import Floats
from advisor.projection.scenario import Cases, Scenario, helpful
from advisor.projection.setup import Setup

ASSUMED_REPEATS = Quantity(
    low=0.0, expected=0.05, high=0.4,
    source=Source(
        "an assumption: nothing is known of how often requests repeat", "2026-11-24", "low",
        "state it by serving.repeat_fraction of the workload, as a day's log shows it",
    ),
)  # fmt: skip


def repeat_fraction(scenario: Scenario) -> Quantity:
    """Share of the requests that repeat one answered before, word for word."""
    return scenario.workload.serving.repeat_fraction or ASSUMED_REPEATS


def demand_share(scenario: Scenario, setups: Sequence[Setup], case: Cases) -> Floats:
    """Share of the requests that the model answers itself, shape (setups,)."""
    missed = 1 - helpful(repeat_fraction(scenario), case)
    return np.where([setup.responses_cached for setup in setups], missed, 1.0)
