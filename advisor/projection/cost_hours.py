"""Hours of computing by what they are for, each with the figures they come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.projection.lines import Input, Known, asked, paid
from advisor.projection.operators import Floats
from advisor.projection.scenario import Case, Scenario


@dataclass(frozen=True)
class Part:
    """Hours of one use, (setups,), and how they come from its inputs."""

    hours: Floats
    formula: str
    inputs: tuple[Input, ...]

    def times(self, factor: float, text: str, *inputs: Input) -> Part:
        return Part(
            self.hours * factor, f"{self.formula} × {text}", distinct_inputs(*self.inputs, *inputs)
        )


def per(total: Floats, count: Floats) -> Floats:
    """`total` over `count`, and 0 of nothing."""
    return np.asarray(np.divide(total, count, out=np.zeros_like(total), where=count > 0))


def distinct_inputs(*inputs: Input) -> tuple[Input, ...]:
    return tuple({each.name: each for each in inputs}.values())


def share_of_hours(scenario: Scenario, key: str, name: str, case: Case) -> Known:
    """A share of hours that the organization states in `capacity`."""
    return paid(scenario, f"capacity.{key}", name, "of the hours", case)


def runs(scenario: Scenario, hours: Floats, case: Case) -> tuple[dict[str, Part], Part]:
    """The month's `hours` of progress by what they are for, and all that is paid for them."""
    kept = asked(scenario, "training.runs_per_month", "runs", "a month")
    tried = asked(scenario, "training.experiments_per_run", "experiments", "for a run")
    failed = share_of_hours(scenario, "failed_work_fraction", "share lost to failures", case)
    started = np.full_like(hours, kept.value * (1 + tried.value))
    one = per(hours, started)
    length = Input(
        "hours of a run", one, "accelerator hours",
        "projected: steps × time of a step × accelerators ÷ organization "
        f"{scenario.organization.id}: capacity.training_efficiency",
        scenario.organization.capacity.training_efficiency.source,
    )  # fmt: skip
    still = share_of_hours(scenario, "standing_still_fraction", "share standing still", case)
    lost = failed.value / (1 - failed.value)
    waited = still.value / (1 - still.value)
    every = f"{kept.name} × (1 + {tried.name}) × {length.name}"
    once = kept.value * one
    parts = {
        "training": Part(once, f"{kept.name} × {length.name}", (kept, length)),
        "experiments": Part(
            once * tried.value, f"{kept.name} × {tried.name} × {length.name}",
            (kept, tried, length),
        ),
        "work lost to failures": Part(
            hours * lost, f"{every} × {failed.name} ÷ (1 − {failed.name})",
            (kept, tried, length, failed),
        ),
        "standing still": Part(
            hours * (1 + lost) * waited,
            f"{every} ÷ (1 − {failed.name}) × {still.name} ÷ (1 − {still.name})",
            (kept, tried, length, failed, still),
        ),
    }  # fmt: skip
    paid_for = f"{every} ÷ (1 − {failed.name}) ÷ (1 − {still.name})"
    whole = Part(hours * (1 + lost) * (1 + waited), paid_for, (kept, tried, length, failed, still))
    return parts, whole
