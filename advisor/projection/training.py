"""Training: seconds of a step, steps a month, accelerator hours, memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.projection.columns import SetupColumns
from advisor.projection.memory import allocated, capacity_bytes, training_payload_bytes
from advisor.projection.operators import Flags, Floats, operator_table
from advisor.projection.scenario import Case, Scenario, helpful
from advisor.projection.serving import main_phase
from advisor.projection.time import Load, phase_seconds

# Forward plus backward: the gradients of inputs and of weights each cost a forward pass
# (Kaplan et al. 2020, "Scaling Laws", §2.1: C ≈ 6 N a token for training, 2 N forward).
STEP_OVER_FORWARD = 3.0
# AdamW reads weight, gradient and two moments and writes weight and two moments.
OPTIMIZER_PASSES = 7.0
# Stage 3 gathers the parameters in the forward and again in the backward pass and scatters the
# gradients: 3 parts against the 2 of an all-reduce (Rajbhandari et al. 2020, §7).
ALL_REDUCE_PARTS, STAGE_3_PARTS = 2.0, 3.0


@dataclass(frozen=True)
class Trained:
    """Arrays of shape (setups,); seconds and hours are those of one month."""

    step_s: Floats
    memory_bytes: Floats
    """Per accelerator."""
    accelerators: Floats
    accelerator_hours: Floats
    fits: Flags
    """True too where the memory is not known."""


def train(scenario: Scenario, columns: SetupColumns, case: Case) -> Trained:
    """One optimizer step over the global batch on `data_parallel` accelerators, and the month's.

    `columns` are those of the training setups: strategies for serving are not in them.
    """
    workload, profile = scenario.workload.training, scenario.profile
    table = operator_table(main_phase(profile))
    ranks = columns.data_parallel
    per_rank = np.maximum(np.ceil(workload.batch_size / ranks), 1.0)
    traced = main_phase(profile).query_tokens
    tokens = float(workload.tokens_per_sample or traced) if traced else None
    positions = np.full_like(per_rank, tokens or 1.0)
    load = Load(per_rank, positions, positions, np.ones_like(per_rank))
    forward = phase_seconds(table, columns, load, scenario.hardware, case)
    backward = (STEP_OVER_FORWARD - 1) * forward
    step = (
        forward
        + backward
        + _optimizer_seconds(scenario, columns, case)
        + np.maximum(_exchange_seconds(scenario, columns) - backward, 0.0)
    )
    steps = workload.samples * workload.epochs / (per_rank * ranks)
    runs = workload.runs_per_month * (1 + workload.experiments_per_run)
    payload = training_payload_bytes(scenario, table, columns, per_rank, tokens)
    memory = allocated(payload, scenario.hardware, case)
    return Trained(
        step_s=step,
        memory_bytes=memory,
        accelerators=ranks,
        accelerator_hours=runs * steps * step * ranks / 3600,
        fits=~(memory > capacity_bytes(scenario.hardware, columns)),
    )


def _optimizer_seconds(scenario: Scenario, columns: SetupColumns, case: Case) -> Floats:
    bandwidth = scenario.hardware.memory.bandwidth_gb_per_s * 1e9 / columns.slices
    reached = bandwidth * helpful(scenario.hardware.efficiency.bandwidth_fraction, case)
    share = np.where(columns.sharding_stage >= 1, columns.data_parallel, 1.0)
    held = scenario.profile.memory.parameters_bytes * columns.state_ratio
    return np.asarray(OPTIMIZER_PASSES * held / share / reached)


def _exchange_seconds(scenario: Scenario, columns: SetupColumns) -> Floats:
    """Gradients (and, at stage 3, parameters) over the links; it runs beside the backward pass.

    NaN where no link between the accelerators is known.
    """
    link = scenario.hardware.link
    ranks = columns.data_parallel
    bandwidth = max(link.nvlink_gb_per_s, link.pcie_gb_per_s) * 1e9 if link else 0.0
    if bandwidth == 0:
        return np.where(ranks > 1, np.nan, 0.0)
    parts = np.where(columns.sharding_stage >= 3, STAGE_3_PARTS, ALL_REDUCE_PARTS)
    gradients = scenario.profile.memory.gradients_bytes * columns.state_ratio
    return np.asarray(parts * gradients * (ranks - 1) / ranks / bandwidth)
