"""The projection of one measured run, and its error against the measurement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.profiling.profile import ModelProfile
from advisor.projection.columns import setup_columns
from advisor.projection.memory import inference_payload_bytes
from advisor.projection.operators import operator_table
from advisor.projection.result import Estimate
from advisor.projection.scenario import CASES
from advisor.projection.serving import main_phase
from advisor.projection.setup import Setup
from advisor.projection.time import Load, phase_seconds


def project_run_seconds(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup]
) -> list[Estimate]:
    """Seconds of one forward pass on the example inputs, as a measurement runs it."""
    phase = main_phase(profile)
    table = operator_table(phase)
    columns = setup_columns(setups, profile.dtype, hardware)
    one = np.ones(len(setups))
    load = Load(
        batch_size=one * phase.batch_size,
        query_tokens=one * table.query_tokens,
        context_tokens=one * table.context_tokens,
        accelerators=one,
    )
    cases = [phase_seconds(table, columns, load, hardware, case) for case in CASES]
    return [Estimate(*sorted(float(case[index]) for case in cases)) for index in range(len(setups))]


def project_run_bytes(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup]
) -> list[float]:
    """Bytes of tensors at the peak of that pass: parameters, buffers and activations."""
    phase = main_phase(profile)
    columns = setup_columns(setups, profile.dtype, hardware)
    batch = np.full(len(setups), float(phase.batch_size))
    tokens = float(phase.query_tokens) if phase.query_tokens else None
    table = operator_table(phase)
    held = inference_payload_bytes(profile, table, columns, batch, tokens, None)
    return [float(value) for value in held]


def relative_error(projected: float, measured: float) -> float:
    """How far the projection is off, as a share of what was measured; positive is too high."""
    return (projected - measured) / measured
