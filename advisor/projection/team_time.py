"""What people's time is freed of by services and automation, and what a managed service costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.catalog.quantity import Quantity, Source
from advisor.projection.lines import Input
from advisor.projection.operators import Floats
from advisor.projection.scenario import Case, Scenario, costly, helpful
from advisor.projection.setup import Setup

PREMIUM = Quantity(
    low=0.15, expected=0.2, high=0.4,
    source=Source(
        "wring.co/blog/aws-sagemaker-inference-guide (ml.g5.xlarge 1.21, ml.p4d.24xlarge 37.69 "
        "USD/h) and zircon.tech, SageMaker inference deep dive (ml.g5.xlarge 1.41), over the same "
        "machines on EC2 (1.006 and 32.77)", "2026-11-26", "medium",
        "one provider's endpoints; those billed by the request differ",
    ),
)  # fmt: skip
"""Of a managed endpoint over the rented hour of the same machine."""
FREED_BY_SERVICE = Quantity(
    low=0.0, expected=0.09, high=0.18,
    source=Source(
        "Nexla, Data operations report 2018 (18% of an engineer's time goes to troubleshooting); "
        "that half of it goes with the machines is an assumption", "2018-06", "low",
        "what is left is the model's and the data's own trouble",
    ),
)  # fmt: skip
"""Share of the engineers' time that a managed service takes over."""
FREED_BY_AUDITS = Quantity(
    low=0.0, expected=0.025, high=0.05,
    source=Source(
        "an assumption: half a day a month of looking for savings and re-checking old ones, one at "
        "most, of 19 working days", "2026-11-26", "low", "state your own share of time instead",
    ),
)  # fmt: skip
"""Share of the time of who implements strategies that audits in a schedule take over."""
ENGINEERS = ("ml-engineer", "software-developer")


def freed(scenario: Scenario, setups: Sequence[Setup], role: str, case: Case) -> Floats:
    """Share of a role's time that is taken over, shape (setups,).

    Both take from the same hours, so one takes its share of what the other leaves.
    """
    left = np.ones(len(setups))
    if role in ENGINEERS:
        managed = np.array([setup.managed_serving for setup in setups])
        left = left * np.where(managed, 1 - helpful(FREED_BY_SERVICE, case), 1.0)
    if role == scenario.organization.people.effort_role:
        audited = np.array([setup.audits_automated for setup in setups])
        left = left * np.where(audited, 1 - helpful(FREED_BY_AUDITS, case), 1.0)
    return 1 - left


def time_left(
    scenario: Scenario, setups: Sequence[Setup], role: str, case: Case
) -> tuple[Input, ...]:
    """The share of a role's time that is left, as an input; none where nothing is taken over."""
    effort_role = scenario.organization.people.effort_role
    taken_over = any(
        (setup.managed_serving and role in ENGINEERS)
        or (setup.audits_automated and role == effort_role)
        for setup in setups
    )
    if not taken_over:
        return ()
    left = 1 - freed(scenario, setups, role, case)
    origin = "strategies: managed serving, automated audits"
    source = FREED_BY_SERVICE.source if role in ENGINEERS else FREED_BY_AUDITS.source
    return (Input("part of the time left", left, "of the share of time", origin, source),)


def premium(case: Case) -> Input:
    """What a managed service adds to the price of an hour."""
    return Input(
        "premium of the service", costly(PREMIUM, case), "of the price",
        "strategy: managed serving", PREMIUM.source,
    )  # fmt: skip
