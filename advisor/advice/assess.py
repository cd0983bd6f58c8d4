"""What serving, and training with data, come to for many setups, each where the other is left out.

A run that answers no fewer requests on no more hardware costs no more however it is paid for, and
so does training that takes no more hours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advisor.advice.aim import Aim
from advisor.advice.goal import Objective
from advisor.projection.cost_kept import CHECKPOINTS, keeping_lines
from advisor.projection.engine import (
    Evaluation,
    can_be_trained,
    evaluate,
    evaluate_training,
    serving_feasible,
    training_feasible,
)
from advisor.projection.lines import CostLine
from advisor.projection.operators import Flags, Floats
from advisor.projection.parts import knobs
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup, with_knobs

ROUNDING = 1e-5
"""USD that sums in another order may differ by, with room to spare."""
HARDLY = 1e-9
"""Of the runs a month, so few that their hours cost nothing."""
SERVED = knobs("serving", "paying for serving", "team")
OF_A_RUN: tuple[Objective, ...] = ("latency", "memory")
"""Objectives that don't follow from the hardware that a run takes and for how long."""


@dataclass(frozen=True)
class Assessed:
    """What setups of one side come to; arrays of shape (setups,) and (setups, figures).

    Of two setups alike in `apart` the one that is no higher in any of `figures` costs no more,
    whatever else is on. `floor` is USD a month that it adds at the least; inf where it is unusable.
    """

    floor: Floats
    figures: Floats
    apart: Floats
    in_usd: bool = True
    """Whether the first figure is USD a month, to which days of work add."""
    of_hours: Floats | None = None
    """USD a month, shape (setups,), that no run of as many accelerators and no fewer hours goes
    without, paid for alike; None where hours alone don't tell."""

    @classmethod
    def joined(cls, chunks: Sequence[Assessed]) -> Assessed:
        """The setups of all `chunks`, which are of one side, one after the other."""
        floor, figures, apart = (
            np.concatenate([getattr(each, name) for each in chunks])
            for name in ("floor", "figures", "apart")
        )
        hours = [each.of_hours for each in chunks if each.of_hours is not None]
        return cls(
            floor, figures, apart, chunks[0].in_usd, np.concatenate(hours) if hours else None
        )

    def taken(self, places: NDArray[np.intp]) -> Assessed:
        """The setups at `places`."""
        hours = None if self.of_hours is None else self.of_hours[places]
        return Assessed(
            self.floor[places], self.figures[places], self.apart[places], self.in_usd, hours
        )


Assess = Callable[[Scenario, Sequence[Setup], Aim], Assessed]


def serving_run(scenario: Scenario, setups: Sequence[Setup], aim: Aim) -> Assessed:
    """Hardware of a replica, requests it can answer, bytes of the weights kept, requests asked.

    On a fleet of several models also the bytes held, which are paid for there.
    """
    there = without(scenario, training=True)
    alone = evaluate(there, setups)
    served, slices = alone.served, alone.columns.slices
    models = np.array([float(setup.models_on_fleet) for setup in setups])
    return Assessed(
        floor=np.where(serving_feasible(scenario, alone), 0.0, np.inf),
        figures=np.stack(
            [
                served.accelerators / slices,
                -served.requests_per_s,
                alone.weights_bytes,
                alone.columns.demand_share,
                np.where(models > 1, served.memory_bytes, 0.0),
                *([aim.priced(there, alone)] if aim.objective in OF_A_RUN else []),
            ],
            axis=1,
        ),
        # What is rounded to whole accelerators differs: fleets of other models, other slices.
        apart=np.stack([slices, models], axis=1),
        in_usd=False,
    )


def training_run(scenario: Scenario, setups: Sequence[Setup], aim: Aim) -> Assessed:
    """Hours of runs, of students and of recovery, and checkpoints.

    What is reserved is so for all accelerators of a run at once.
    """
    trained = evaluate_training(scenario, setups)
    lines = keeping_lines(scenario, setups, np.zeros(len(setups)), "expected")
    kept = next(line.quantity for line in lines if line.name == CHECKPOINTS)
    hours = (trained.accelerator_hours, trained.recovery_hours)
    held = [aim.usd_per_unit * trained.memory_bytes] if aim.objective == "memory" else []
    return Assessed(
        floor=np.where(can_be_trained(scenario, trained), 0.0, np.inf),
        figures=np.stack([*hours, kept, *held], axis=1),
        apart=trained.accelerators[:, None],
        in_usd=False,
    )


def serving_bill(scenario: Scenario, setups: Sequence[Setup], aim: Aim) -> Assessed:
    """The bill of each setup where nothing is trained."""
    there = without(scenario, training=True)
    alone = evaluate(there, setups)
    usable = serving_feasible(scenario, alone) & comparable(alone, aim.lacking)
    owned = _owned(scenario, setups)
    takes = np.where(owned, alone.fleet.serving_accelerators, 0.0)
    priced = aim.priced(there, alone)
    return Assessed(
        floor=np.where(usable, alone.usd_per_month + priced, np.inf),
        figures=np.stack([_beside_hardware(alone, owned) + priced, takes], axis=1),
        apart=np.where(owned, alone.columns.slices, 0.0)[:, None],
    )


def rest_bill(scenario: Scenario, setups: Sequence[Setup], aim: Aim) -> Assessed:
    """What training and data add at the least to a bill where only what serves is set."""
    return rest_added(scenario, setups, aim)


def rest_added(
    scenario: Scenario, setups: Sequence[Setup], aim: Aim, *, fits: bool = True
) -> Assessed:
    """As `rest_bill`; unless `fits`, of runs that need more memory than there is too."""
    there = without(scenario, serving=True)
    alone = evaluate(there, setups)
    nothing = without(scenario, serving=True, training=True)
    served = [tuple(getattr(each, name) for name in SERVED) for each in setups]
    plain = {values: place for place, values in enumerate(dict.fromkeys(served))}
    idle = evaluate(nothing, [_served_as(values) for values in plain])
    there_too = [plain[values] for values in served]
    owned = _owned(scenario, setups)
    added = _beside_hardware(alone, owned) - np.where(
        owned, _beside_hardware(idle, np.ones(len(plain), bool))[there_too],
        _beside_hardware(idle, np.zeros(len(plain), bool))[there_too],
    )  # fmt: skip
    added += aim.priced(there, alone)
    usable = comparable(alone, aim.lacking)
    if fits:
        usable &= training_feasible(scenario, alone)
    takes = np.where(owned, alone.fleet.training_hours + alone.fleet.recovery_hours, 0.0)
    checkpoints = checkpoints_usd(alone)
    at_once = np.where(owned, alone.fleet.owned_for_training, 0.0)
    return Assessed(
        floor=np.where(usable, added, np.inf),
        figures=np.stack([added, takes, at_once], axis=1),
        apart=np.zeros((len(setups), 0)),
        of_hours=None if aim.objective in OF_A_RUN else added - checkpoints,
    )


def _served_as(values: Sequence[object]) -> Setup:
    return with_knobs(Setup(), dict(zip(SERVED, values, strict=True)))


def without(scenario: Scenario, *, serving: bool = False, training: bool = False) -> Scenario:
    """The scenario with no request to serve, or nothing to train."""
    workload = scenario.workload
    if serving:
        workload = replace(workload, serving=replace(workload.serving, requests_per_month=0))
    if training:
        workload = replace(workload, training=replace(workload.training, runs_per_month=0))
    return replace(scenario, workload=workload)


def hardly_training(scenario: Scenario) -> Scenario:
    """The scenario with next to no training: what it takes at all is left, its hours are not."""
    training = scenario.workload.training
    hardly = replace(training, runs_per_month=training.runs_per_month * HARDLY)
    return replace(scenario, workload=replace(scenario.workload, training=hardly))


def _owned(scenario: Scenario, setups: Sequence[Setup]) -> Flags:
    """Whether what serving and training take of owned hardware does not simply add up.

    What is there already is paid for whether needed or not, so both may find room in it.
    """
    there = scenario.organization.ownership.owned_accelerators.get(scenario.hardware.id, 0.0)
    if there <= 0:
        return np.zeros(len(setups), dtype=bool)
    usual = scenario.organization.rental.purchase_option
    return np.array([(setup.serving_purchase or usual) == "owned" for setup in setups])


def _beside_hardware(evaluation: Evaluation, owned: Flags) -> Floats:
    """The bill without hardware that serving and training may both find room in."""
    costs = [
        np.where(owned & (line.component == "hardware"), 0.0, np.nan_to_num(line.usd_per_month))
        for line in evaluation.lines
    ]
    return np.asarray(np.sum(costs, axis=0))


def checkpoints_usd(evaluation: Evaluation) -> Floats:
    """USD a month of the checkpoints kept; 0 where their price is not known."""
    kept = next(line for line in evaluation.lines if line.name == CHECKPOINTS)
    return np.nan_to_num(kept.usd_per_month)


def unpriced(line: CostLine) -> Flags:
    """Whether each setup uses what has no known price."""
    return np.asarray(np.isnan(line.usd_per_month) & (line.quantity != 0))


def comparable(evaluation: Evaluation, lacking: Collection[str | None]) -> Flags:
    """Whether each setup's bill lacks no price beside those of `lacking`."""
    further = [unpriced(line) for line in evaluation.lines if line.missing not in lacking]
    return np.asarray(~np.any(further, axis=0))
