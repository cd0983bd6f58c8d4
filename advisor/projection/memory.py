"""Bytes held on one accelerator, for serving and for a training step."""

from __future__ import annotations

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.catalog.quantity import Quantity
from advisor.profiling.profile import MemoryMoment, ModelProfile
from advisor.projection.columns import SetupColumns
from advisor.projection.operators import LINEAR, STREAMING, Floats, OperatorTable
from advisor.projection.scenario import Case, Scenario, costly
from advisor.units import BYTES_PER_GIB

# What a CUDA context and its libraries' workspaces take of the device before any tensor: 0.3 GiB
# for a bare context on recent drivers, near 1 GiB with cuBLAS and cuDNN loaded.
CUDA_CONTEXT_GIB = Quantity(low=0.3, expected=0.6, high=1.0)
# The caching allocator's blocks round up and fragment; PyTorch's reserved over allocated memory.
ALLOCATOR_FACTOR = Quantity(low=1.0, expected=1.05, high=1.15)


def overhead_bytes(hardware: Hardware, case: Case) -> float:
    return 0.0 if hardware.is_cpu else costly(CUDA_CONTEXT_GIB, case) * BYTES_PER_GIB


def allocated(payload: Floats, hardware: Hardware, case: Case) -> Floats:
    """What the device shows for `payload` bytes of tensors on it."""
    if hardware.is_cpu:
        return payload
    return payload * costly(ALLOCATOR_FACTOR, case) + overhead_bytes(hardware, case)


def capacity_bytes(hardware: Hardware, columns: SetupColumns) -> Floats:
    return hardware.memory.capacity_gib * BYTES_PER_GIB / columns.slices


def weight_bytes(profile: ModelProfile, table: OperatorTable, columns: SetupColumns) -> Floats:
    """Bytes of parameters and buffers as they lie in memory, shape (setups,).

    Only linear weights take the linear format; the rest keeps the floating-point format. Masked
    weights are stored as zeros and save nothing.
    """
    total = float(profile.memory.parameters_bytes + profile.memory.buffers_bytes)
    linear = min(table.linear_weight_bytes, float(profile.memory.parameters_bytes))
    weights = table.weight_bytes * table.repeats
    all_weights = float(np.sum(weights))
    kept = columns.channels_kept[:, None] ** table.pruning_exponent
    share = np.sum(kept * weights, axis=1) / all_weights if all_weights else 1.0
    floating = columns.weight_ratio[:, STREAMING]
    held = linear * columns.weight_ratio[:, LINEAR] + (total - linear) * columns.state_ratio
    return np.asarray(held * share if all_weights else total * floating)


def activation_ratio(table: OperatorTable, columns: SetupColumns) -> Floats:
    """Bytes of activations under a setup against the profile's, shape (setups,)."""
    written = table.output_bytes * table.repeats
    total = float(np.sum(written))
    if total == 0:
        return np.ones(columns.channels_kept.shape)
    kept = np.where(table.pruning_exponent > 0, columns.channels_kept[:, None], 1.0)
    ratio = np.where(table.floating, columns.output_ratio[:, table.classes], 1.0)
    return np.asarray(np.sum(ratio * kept * written, axis=1) / total)


def key_value_bytes(profile: ModelProfile, columns: SetupColumns, context_tokens: float) -> Floats:
    """Bytes of key-value cache of one sequence, shape (setups,)."""
    elements = profile.decoder.key_value_elements(context_tokens) if profile.decoder else 0.0
    return elements * columns.key_value_item_bytes


def inference_payload_bytes(
    profile: ModelProfile, table: OperatorTable, columns: SetupColumns, batch_size: Floats,
    query_tokens: float | None, context_tokens: float | None,
) -> Floats:  # fmt: skip
    """Tensors held while serving `batch_size` sequences, all accelerators together."""
    memory = profile.memory
    tokens = (query_tokens or 1) / (memory.query_tokens or 1) if memory.query_tokens else 1.0
    per_sequence = memory.inference_activation_bytes / memory.batch_size * tokens
    activations = per_sequence * batch_size * activation_ratio(table, columns)
    cache = key_value_bytes(profile, columns, context_tokens or 0.0) * batch_size
    return weight_bytes(profile, table, columns) + activations + cache


def training_payload_bytes(
    scenario: Scenario, table: OperatorTable, columns: SetupColumns, batch_size: Floats,
    tokens: float | None,
) -> Floats:  # fmt: skip
    """Tensors held by one accelerator in a training step, shape (setups,).

    The largest of the peaks of the step's parts; accelerators take the optimizer's step over all
    tensors at once. Stage 1 shards the optimizer's states over the data-parallel ranks, stage 2
    the gradients too, stage 3 the parameters too (Rajbhandari et al., "ZeRO", SC 2020, §5). NaN
    where the model's activations in training are not known.
    """
    memory = scenario.profile.memory
    scale = tokens / memory.query_tokens if tokens and memory.query_tokens else 1.0
    growth = scale * batch_size / memory.batch_size * activation_ratio(table, columns)
    parameters = memory.parameters_bytes + memory.buffers_bytes
    of_parameters = parameters / np.where(columns.sharding_stage >= 3, columns.data_parallel, 1.0)
    held = [
        _moment_bytes(moment, columns, growth) + of_parameters * columns.state_ratio
        for moment in memory.training_moments
        if moment.phase != "foreach step" or not scenario.hardware.is_cpu
    ]
    if not held:
        return np.full(columns.channels_kept.shape, np.nan)
    return np.asarray(np.max(held, axis=0))


def _moment_bytes(moment: MemoryMoment, columns: SetupColumns, growth: Floats) -> Floats:
    """What is held beside parameters; the optimizer works on what its rank has of the states."""
    stage, ranks = columns.sharding_stage, columns.data_parallel
    optimizer_ranks = np.where(stage >= 1, ranks, 1.0)
    states = moment.gradients_bytes / np.where(stage >= 2, ranks, 1.0)
    states = states + moment.optimizer_bytes / optimizer_ranks
    activations = float(moment.activations_bytes)
    if moment.phase in ("forward", "backward"):
        activations += moment.temporaries_bytes
    else:
        states = states + moment.temporaries_bytes / optimizer_ranks
    return np.asarray(states * columns.state_ratio + activations * growth)
