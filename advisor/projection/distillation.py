"""Seconds in which a student is trained on what its teacher answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from advisor.projection.columns import setup_columns
from advisor.projection.distinct import taken
from advisor.projection.operators import Floats
from advisor.projection.parallel import Layout
from advisor.projection.scenario import Cases, Scenario
from advisor.projection.setup import Setup
from advisor.projection.student import narrowed, student, taught_share
from advisor.projection.training_load import TrainingLoad
from advisor.projection.training_step import step_seconds


def distilled_seconds(
    scenario: Scenario, setups: Sequence[Setup], where: Layout, load: TrainingLoad,
    teacher_s: Floats, case: Cases,
) -> Floats:  # fmt: skip
    """Of all steps of one student, shape (setups,); 0 where there is none.

    `setups` are those of training. A step is the student's own, and the teacher's forward pass over
    the same batch, `teacher_s`. Both lie on the accelerators that the model is trained on; the
    student is trained whole where the model is given adapters.
    """
    seconds = np.zeros(len(setups))
    steps = np.array([float(setup.distillation_steps) for setup in setups])
    taught_by_share: dict[float, list[int]] = {}
    for place in np.flatnonzero(steps):
        taught_by_share.setdefault(taught_share(scenario.profile, setups[place]), []).append(
            int(place)
        )
    for share, taught in taught_by_share.items():
        model = replace(scenario, profile=student(scenario.profile, share))
        whole = [
            replace(setups[place], lora_rank=None, frozen_weights="native") for place in taught
        ]
        own = [narrowed(scenario.profile, setup, share) for setup in whole]
        step = step_seconds(
            model, own, setup_columns(own, scenario.profile.dtype, scenario.hardware),
            taken(where, np.array(taught)), taken(load, np.array(taught)),
            case if isinstance(case, str) else case[taught],
        ).step_s  # fmt: skip
        seconds[taught] = steps[taught] * (step + teacher_s[taught])
    return seconds
