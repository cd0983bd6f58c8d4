"""A goal and its figures in words."""

from __future__ import annotations

from advisor import units
from advisor.advice.goal import Goal, Objective


def objective_text(objective: Objective, figure: float | None) -> str:
    """The figure of an objective with its unit."""
    if figure is None:
        return units.UNKNOWN
    if objective == "latency":
        return units.seconds(figure)
    if objective == "memory":
        return units.memory(figure)
    return f"{units.number(figure)} kWh a month" if objective == "energy" else units.usd(figure)


def limits_text(goal: Goal) -> str:
    """The limits on the work, in words; empty where there are none."""
    limits = []
    if goal.max_days is not None:
        limits.append(f"at most {units.days(goal.max_days)} of work")
    if goal.max_up_front_usd is not None:
        of = "" if limits else " of work"
        limits.append(f"at most {units.usd(goal.max_up_front_usd)}{of}")
    return " and ".join(limits)
