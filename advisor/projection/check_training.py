"""The projection of training steps as a measurement runs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.projection.columns import setup_columns
from advisor.projection.parallel import layout
from advisor.projection.result import Estimate
from advisor.projection.scenario import CASES, Scenario
from advisor.projection.setup import Setup
from advisor.projection.training import train, training_load
from advisor.projection.training_traffic import Traffic


@dataclass(frozen=True)
class ProjectedStep:
    """One optimizer step, as one accelerator takes part in it; None where it cannot be told."""

    step_s: Estimate | None
    memory_bytes: float | None
    sent_bytes: float = 0.0
    """What each of several ranks passes on in the exchange of a step."""


def project_training_run(
    scenario: Scenario, hardware: Hardware, setups: Sequence[Setup], samples: int,
    tokens: int | None,
) -> list[ProjectedStep]:  # fmt: skip
    """Steps on `samples` of `tokens` each, on `hardware`, under each of `setups`."""
    training = replace(scenario.workload.training, batch_size=samples, tokens_per_sample=tokens)
    asked = replace(
        scenario, hardware=hardware, workload=replace(scenario.workload, training=training)
    )
    columns = setup_columns(setups, scenario.profile.dtype, hardware)
    where = layout(setups)
    load = training_load(asked, where)
    sent = Traffic(asked, setups, columns, where, load, "expected").sent_bytes()
    cases = [train(asked, setups, columns, case) for case in CASES]
    found = []
    for index in range(len(setups)):
        seconds = [float(case.step_s[index]) for case in cases]
        held = float(cases[1].memory_bytes[index])
        known = all(np.isfinite(seconds))
        found.append(
            ProjectedStep(
                Estimate(min(seconds), seconds[1], max(seconds)) if known else None,
                held if np.isfinite(held) else None,
                float(sent[index]),
            )
        )
    return found
