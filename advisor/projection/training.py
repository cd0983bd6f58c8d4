"""Training: a step on its accelerators, steps a month, accelerator hours, memory.

`training_step` holds what one micro-batch and one step take; here they become a month's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.projection.columns import SetupColumns
from advisor.projection.data_kept import samples_kept
from advisor.projection.distillation import distilled_seconds
from advisor.projection.memory import allocated, capacity_bytes
from advisor.projection.operators import Flags, Floats
from advisor.projection.packing import sequences_kept
from advisor.projection.parallel import Layout, layout
from advisor.projection.scenario import Cases, Scenario, helpful
from advisor.projection.serving import main_phase
from advisor.projection.setup import Setup, with_knobs
from advisor.projection.training_load import TrainingLoad
from advisor.projection.training_memory import training_payload_bytes
from advisor.projection.training_step import step_seconds

_OF_THE_FINISHED = {
    name: getattr(Setup(), name)
    for name in (
        "weight_format", "linear_activation_format", "key_value_format", "channels_removed",
        "heads_removed",
        "weights_masked", "two_of_four", "mig_slice", "gpu_sharing", "gpu_tenants",
        "models_on_fleet",
    )
}  # fmt: skip
"""Knobs of a model that is trained already, at their defaults."""


@dataclass(frozen=True)
class Trained:
    """Arrays of shape (setups,); seconds and hours are those of one month."""

    step_s: Floats
    """Under well-tuned code; the hours are those of the organization's own."""
    memory_bytes: Floats
    """Per accelerator."""
    accelerators: Floats
    accelerator_hours: Floats
    recovery_hours: Floats
    """Of accelerators, to train each released version further after it was pruned, or a student of
    it."""
    fits: Flags
    """True too where the memory is not known."""
    model_flops_utilisation: Floats
    hardware_flops_utilisation: Floats


def for_training(setup: Setup) -> Setup:
    """The setup that a training step runs under: what is done to a finished model is not in it."""
    wanted = {
        **_OF_THE_FINISHED,
        # Gradients in 16 bits with 5 of exponent vanish without the scaling that autocast takes.
        "float_format": "native" if setup.float_format == "fp16" else setup.float_format,
        "tensor_parallel": setup.training_tensor_parallel or setup.tensor_parallel,
        "pipeline_parallel": setup.training_pipeline_parallel or setup.pipeline_parallel,
    }
    changed = {name: value for name, value in wanted.items() if getattr(setup, name) != value}
    return with_knobs(setup, changed) if changed else setup


def train(
    scenario: Scenario, setups: Sequence[Setup], columns: SetupColumns, case: Cases
) -> Trained:
    """One optimizer step over the global batch on all accelerators of a run, and the month's.

    `setups` and `columns` are those of training: strategies for serving are not in them.
    """
    workload, profile = scenario.workload.training, scenario.profile
    where = layout(setups)
    load = training_load(scenario, where)
    took = step_seconds(scenario, setups, columns, where, load, case)
    samples = workload.samples * samples_kept(scenario, setups, case)
    samples = samples * sequences_kept(scenario, setups, case)
    steps = samples * workload.epochs / load.global_batch
    runs = workload.runs_per_month * (1 + workload.experiments_per_run)
    accelerators = where.data * load.tensor * where.pipeline
    released = np.maximum(workload.runs_per_month, 1 / scenario.workload.horizon_months)
    further = released * np.array([float(setup.recovery_steps) for setup in setups])
    taught = distilled_seconds(scenario, setups, where, load, took.forward_s, case)
    reached = helpful(scenario.organization.capacity.training_efficiency, case)
    payload = training_payload_bytes(profile, scenario.hardware, setups, columns, where, load)
    memory = allocated(payload, scenario.hardware, case)
    paid_hours = accelerators / 3600 / reached
    hours_of_step = took.step_s * paid_hours
    return Trained(
        step_s=took.step_s,
        memory_bytes=memory,
        accelerators=accelerators,
        accelerator_hours=runs * steps * hours_of_step,
        recovery_hours=further * hours_of_step + released * taught * paid_hours,
        fits=~(memory > capacity_bytes(scenario.hardware, columns)),
        model_flops_utilisation=took.model_flops_utilisation,
        hardware_flops_utilisation=took.hardware_flops_utilisation,
    )


def training_load(scenario: Scenario, where: Layout) -> TrainingLoad:
    """The workload's batch over the ranks, a rank's part in micro-batches one after the other."""
    workload, phase = scenario.workload.training, main_phase(scenario.profile)
    per_rank = np.maximum(np.ceil(workload.batch_size / where.data), 1.0)
    micro = np.fmin(where.micro_batch, np.ceil(per_rank / where.accumulation))
    repeats = np.ceil(per_rank / micro)
    tokens = float(workload.tokens_per_sample or phase.query_tokens) if phase.query_tokens else None
    tensor = np.nan_to_num(where.tensor, nan=1.0)
    return TrainingLoad(micro, repeats, tokens, tensor, micro * repeats * where.data, where.expert)
