"""What a rule declares, what it looks at, and what it says."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import advisor.advice.rules
from advisor.errors import UnknownNameError
from advisor.measurement.result import Measurement
from advisor.profiling.profile import ModelProfile
from advisor.projection.project import project
from advisor.projection.result import Projection
from advisor.projection.scenario import Scenario
from advisor.registry import discover
from advisor.strategies.selection import Choice, every_choice, setup_for
from advisor.telemetry.summary import WatchSummary

Severity = Literal["waste", "warning", "note"]
"""`waste`: money is lost now. `warning`: something would be lost. `note`: good to know."""


@dataclass(frozen=True)
class Facts:
    """Everything a rule may look at. `before` is the projection with no strategy on."""

    scenario: Scenario
    before: Projection
    measurements: tuple[Measurement, ...] = ()
    watched: WatchSummary | None = None
    """What `advisor watch` saw of the accelerators that the scenario is about; None where it is
    about others, or nobody watched."""

    @property
    def profile(self) -> ModelProfile:
        return self.scenario.profile

    @property
    def trains(self) -> bool:
        return self.scenario.workload.training.runs_per_month > 0

    @property
    def serves(self) -> bool:
        return self.scenario.workload.serving.requests_per_month > 0

    @functools.cached_property
    def alone(self) -> Mapping[Choice, Projection]:
        """The projection of each strategy at each of its levels, with nothing else on."""
        choices = [choice for levels in every_choice().values() for choice in levels]
        setups = [setup_for((choice,)) for choice in choices]
        return dict(zip(choices, project(self.scenario, setups), strict=True))


@dataclass(frozen=True)
class Finding:
    """What a rule saw. `evidence` are name and figure as text; slugs name strategies.

    What is forbidden may also be one level of a strategy, written as after `--with`. It is a guard:
    it must not be done however cheap it is. What merely does not pay is a caution.
    """

    rule: str
    severity: Severity
    reason: str
    evidence: tuple[tuple[str, str], ...]
    recommends: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """`check` returns a finding where the rule sees what it is named after, else None."""

    slug: str
    summary: str
    check: Callable[[Facts], Finding | None]

    @property
    def manual(self) -> str:
        return (sys.modules[self.check.__module__].__doc__ or "").strip()


@functools.cache
def rules() -> Mapping[str, Rule]:
    return discover(advisor.advice.rules, "RULE", Rule, lambda rule: rule.slug)


def rule_by_slug(slug: str, origin: str = "") -> Rule:
    found = rules().get(slug)
    if found is None:
        raise UnknownNameError("rule", slug, rules(), origin)
    return found


def findings(facts: Facts) -> tuple[Finding, ...]:
    """What every rule says of `facts`, the most severe first."""
    order: tuple[Severity, ...] = ("waste", "warning", "note")
    said = [finding for rule in rules().values() if (finding := rule.check(facts)) is not None]
    return tuple(sorted(said, key=lambda finding: (order.index(finding.severity), finding.rule)))
