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
from advisor.projection.student import narrowed, student, taught
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
    lessons = [taught(scenario.profile, setup) for setup in setups]
    steps = np.array([float(count) for _, count in lessons])
    for share in sorted({share for share, count in lessons if count}):
        places = [place for place, lesson in enumerate(lessons) if lesson[0] == share and lesson[1]]
        model = replace(scenario, profile=student(scenario.profile, share))
        whole = [
            replace(setups[place], lora_rank=None, frozen_weights="native") for place in places
        ]
        own = [narrowed(scenario.profile, setup, share) for setup in whole]
        step = step_seconds(
            model, own, setup_columns(own, scenario.profile.dtype, scenario.hardware),
            taken(where, np.array(places)), taken(load, np.array(places)),
            case if isinstance(case, str) else case[places],
        ).step_s  # fmt: skip
        seconds[places] = steps[places] * (step + teacher_s[places])
    return seconds
