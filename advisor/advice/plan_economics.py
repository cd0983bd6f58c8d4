"""The economics of a plan, of each step, of each strategy alone, and what would turn it."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.advice.attribution import Attribution, attribution
from advisor.advice.break_even import BreakEven, break_even
from advisor.advice.economics import Economics, economics
from advisor.advice.plan import Plan
from advisor.advice.rule import Facts
from advisor.advice.tornado import Sensitivity, tornado
from advisor.projection.project import project
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import Choice, lacking_on, selection, setup_for


@dataclass(frozen=True)
class AloneEconomics:
    """One strategy at its usual level with nothing else on."""

    choice: Choice
    economics: Economics
    broken: tuple[str, ...]
    """Names of the limits that it does not keep."""


@dataclass(frozen=True)
class PlanEconomics:
    plan: Economics
    steps: tuple[Economics, ...]
    """Each given the steps before it."""
    alone: tuple[AloneEconomics, ...]
    """The strategies that the hardware can run."""
    buying: BreakEven | None
    """Of the setup that the plan leads to; None where it needs no accelerator."""
    inputs: tuple[Sensitivity, ...]
    """The widest swing of the plan's saving first; empty where the plan has no step."""
    shares: Attribution | None = None
    """Which step earns how much of the saving; None where that could not be worked out."""


def plan_economics(facts: Facts, plan: Plan) -> PlanEconomics:
    scenario, choices = facts.scenario, [step.choice for step in plan.steps]
    ends = range(1, len(choices) + 1)
    setups = [setup_for(selection(choices[:end])) for end in ends]
    projected = project(scenario, setups) if setups else []
    bills = [plan.before.bill, *(each.bill for each in projected)]
    return PlanEconomics(
        plan=economics(scenario, plan.before.bill, plan.after.bill),
        steps=tuple(economics(scenario, bills[end - 1], bills[end]) for end in ends),
        alone=_alone(facts),
        buying=break_even(scenario, plan.after.setup),
        inputs=tornado(scenario, plan.after.setup),
        shares=attribution(scenario, plan.chosen),
    )


def _alone(facts: Facts) -> tuple[AloneEconomics, ...]:
    found = []
    for slug, strategy in strategies().items():
        if lacking_on(facts.scenario.hardware, strategy) is not None:
            continue
        alone = facts.alone[Choice(slug)]
        worth = economics(facts.scenario, facts.before.bill, alone.bill)
        broken = tuple(limit.name for limit in alone.broken_constraints)
        found.append(AloneEconomics(Choice(slug), worth, broken))
    return tuple(found)
