"""What is exported: all that an audit knows, free of any screen, clock or path."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.advice.front import FrontPoint
from advisor.advice.plan import Plan
from advisor.advice.plan_economics import PlanEconomics
from advisor.advice.rule import Finding
from advisor.measurement.comparison import MeasuredVariant
from advisor.measurement.training_comparison import ComparedTraining
from advisor.profiling.profile import ModelProfile
from advisor.projection.result import Projection
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import Selection


@dataclass(frozen=True)
class Approval:
    """A person's word for the steps of a plan that need a sign-off."""

    name: str
    reason: str


@dataclass(frozen=True)
class Audit:
    """`selected` is the projection of what is switched on now; the plan is what is advised.

    `measured` is the measurement of what is switched on and `trained` that of its training step,
    None where it was not measured. `front` is cost against quality at risk, empty where it was
    not asked for.
    """

    profile: ModelProfile
    scenario: Scenario
    command_line: str
    chosen: Selection
    before: Projection
    selected: Projection
    measured: MeasuredVariant | None
    trained: ComparedTraining | None
    findings: tuple[Finding, ...]
    plan: Plan
    economics: PlanEconomics
    version: str
    approval: Approval | None = None
    front: tuple[FrontPoint, ...] = ()
