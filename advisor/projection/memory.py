"""Bytes held on one accelerator, for serving and for a training step."""

from __future__ import annotations

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.catalog.quantity import Quantity
from advisor.profiling.profile import ModelProfile
from advisor.projection.columns import SetupColumns
from advisor.projection.curves import ATTENTION
from advisor.projection.operators import (
    ITEM_BYTES,
    LINEAR,
    Flags,
    Floats,
    OperatorTable,
    operator_table,
)
from advisor.projection.phases import decoder_phases
from advisor.projection.pruned import kept_channels
from advisor.projection.scenario import Cases, costly
from advisor.projection.working_memory import working_bytes
from advisor.units import BYTES_PER_GIB

# What a CUDA context and its libraries' workspaces take of the device before any tensor: 0.3 GiB
# for a bare context on recent drivers, near 1 GiB with cuBLAS and cuDNN loaded.
CUDA_CONTEXT_GIB = Quantity(low=0.3, expected=0.6, high=1.0)
# The caching allocator's blocks round up and fragment; PyTorch's reserved over allocated memory.
FLOAT32_BYTES = 4.0
ALLOCATOR_FACTOR = Quantity(low=1.0, expected=1.05, high=1.15)


def overhead_bytes(hardware: Hardware, case: Cases) -> float | Floats:
    return 0.0 if hardware.is_cpu else costly(CUDA_CONTEXT_GIB, case) * BYTES_PER_GIB


def allocated(payload: Floats, hardware: Hardware, case: Cases) -> Floats:
    """What the device shows for `payload` bytes of tensors on it."""
    if hardware.is_cpu:
        return payload
    return payload * costly(ALLOCATOR_FACTOR, case) + overhead_bytes(hardware, case)


def capacity_bytes(hardware: Hardware, columns: SetupColumns) -> Floats:
    return hardware.memory.capacity_gib * BYTES_PER_GIB * columns.capacity_share


def weight_bytes(profile: ModelProfile, table: OperatorTable, columns: SetupColumns) -> Floats:
    """Bytes of parameters and buffers as they lie in memory, shape (setups,).

    Only linear weights take the linear format; the rest keeps the floating-point format. Masked
    weights are stored as zeros and save nothing.
    """
    total = float(profile.memory.parameters_bytes + profile.memory.buffers_bytes)
    weights = table.weight_bytes * table.repeats
    matrices = _matrix_bytes(table, profile.dtype)
    known = float(profile.memory.parameters_bytes)
    share = min(1.0, known / max(float(np.sum(matrices)), 1.0))  # a shared matrix is read twice
    kept = kept_channels(table, columns) ** table.pruning_exponent
    linear = np.sum(_stored(matrices, table, columns, profile.dtype) * kept, axis=1) * share
    removed = np.sum((1 - kept) * (weights - matrices), axis=1)
    floating = np.maximum(total - float(np.sum(matrices)) * share - removed, 0.0)
    return np.asarray(linear + floating * columns.state_ratio)


def _matrix_bytes(table: OperatorTable, dtype: str) -> Floats:
    """Of the weights of linear layers without their biases, shape (operators,)."""
    matrix = table.batch * table.n * table.k * ITEM_BYTES.get(dtype, 4)
    whole = np.where((matrix > 0) & ~table.routed, matrix, table.weight_bytes)
    return np.where(table.classes == LINEAR, np.minimum(table.weight_bytes, whole), 0.0) * (
        table.repeats
    )


def _stored(matrices: Floats, table: OperatorTable, columns: SetupColumns, dtype: str) -> Floats:
    """Those weights in the format of each setup, with their scales, shape (setups, operators)."""
    outputs = matrices / (ITEM_BYTES.get(dtype, 4) * np.maximum(table.k, 1.0))
    taken = (table.k % columns.weight_group[:, None] == 0) & (
        table.n % columns.outputs_at_a_time[:, None] == 0
    )
    quantized = matrices * columns.weight_ratio[:, LINEAR, None]
    scales = np.where(table.k > 0, columns.scale_bytes[:, None] * outputs, 0.0)
    return np.where(taken, quantized + scales, matrices * columns.state_ratio[:, None])


def activation_ratio(
    table: OperatorTable, columns: SetupColumns, *, for_backward: bool = False
) -> Floats:
    """Bytes of activations under a setup against the profile's, shape (setups,).

    `for_backward` are those that a backward pass finds, which autocast leaves copies among.
    """
    written = table.output_bytes * table.repeats
    total = float(np.sum(written))
    if total == 0:
        return np.ones(columns.channels_kept.shape)
    kept = np.where(table.pruning_exponent > 0, kept_channels(table, columns), 1.0)
    ratio = np.where(table.floating, columns.output_ratio[:, table.classes], 1.0)
    held = ratio * table.output_bytes
    if for_backward:
        held = np.where(columns.autocast[:, None], table.autocast_kept_bytes, held)
    return np.asarray(np.sum(held * kept * table.repeats, axis=1) / total)


def key_value_bytes(profile: ModelProfile, columns: SetupColumns, context_tokens: float) -> Floats:
    """Bytes of key-value cache of one sequence, shape (setups,)."""
    return cache_bytes(profile, columns, np.full(columns.channels_kept.shape, context_tokens))


def cache_bytes(profile: ModelProfile, columns: SetupColumns, context_tokens: Floats) -> Floats:
    """The same for contexts that differ from setup to setup."""
    return cache_elements(profile, context_tokens) * columns.cache_item_bytes * columns.heads_kept


def cache_elements(profile: ModelProfile, context_tokens: Floats) -> Floats:
    """Elements of the key-value cache of one sequence of so many tokens."""
    if profile.decoder is None:
        return np.zeros_like(context_tokens)
    lengths, place = np.unique(context_tokens, return_inverse=True)
    elements = np.array([profile.decoder.key_value_elements(float(each)) for each in lengths])
    return np.asarray(elements[place.ravel()])


def inference_payload_bytes(
    profile: ModelProfile, table: OperatorTable, columns: SetupColumns, batch_size: Floats,
    query_tokens: float | None, context_tokens: float | None,
) -> Floats:  # fmt: skip
    """Tensors held while serving `batch_size` sequences, all accelerators together."""
    memory = profile.memory
    tokens = (query_tokens or 1) / (memory.query_tokens or 1) if memory.query_tokens else 1.0
    scale = batch_size / memory.batch_size * tokens
    activations = working_bytes(memory, columns, scale, activation_ratio(table, columns))
    cache = key_value_bytes(profile, columns, context_tokens or 0.0) * batch_size
    return weight_bytes(profile, table, columns) + activations + cache


def prefill_activation_bytes(
    profile: ModelProfile, columns: SetupColumns, tokens: Floats, all_logits: Flags,
    float32_logits: Flags,
) -> Floats:  # fmt: skip
    """What a prefill of `tokens` holds beside weights and cache, shape (setups,).

    Where logits are made of the last token only, the operator that reads and writes the most.
    """
    phases, memory = decoder_phases(profile), profile.memory
    table = operator_table(phases.prefill)
    moved = np.where(table.kernels == ATTENTION, 0.0, table.input_bytes + table.output_bytes)
    ratio = activation_ratio(table, columns)
    working = float(np.max(moved, initial=0.0)) / table.query_tokens * tokens * ratio
    traced = memory.inference_activation_bytes / memory.batch_size / (memory.query_tokens or 1)
    cast = np.where(float32_logits, phases.vocabulary * FLOAT32_BYTES, 0.0)
    return np.where(all_logits, (traced * ratio + cast) * tokens, working)
