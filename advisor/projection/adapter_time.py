"""Seconds that low-rank adapters add to a micro-batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.profiling.profile import ModelProfile
from advisor.projection.adapters import NF4_BYTES, adapted_rows
from advisor.projection.columns import SetupColumns
from advisor.projection.curves import curves_of
from advisor.projection.operators import Floats
from advisor.projection.scenario import Cases
from advisor.projection.setup import Setup
from advisor.projection.time import launch_seconds
from advisor.projection.training_load import TrainingLoad
from advisor.projection.training_traffic import streamed_bytes_per_s

# What peft's LoRA layer runs beside a linear layer in eager mode: two products, a product with the
# scale, an addition to the layer's output.
ADAPTER_KERNELS = 4.0
# The output is written, scaled (a read and a write) and added (two reads and a write).
OUTPUT_PASSES = 6.0
BACKWARD_PASSES = 2.0
"""Gradients of inputs and of the adapters' weights."""


def adapter_passes(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup], columns: SetupColumns,
    load: TrainingLoad, case: Cases,
) -> Floats:  # fmt: skip
    """Forward, backward and what is recomputed, shape (setups,); 0 without adapters.

    The larger of their arithmetic and their traffic: r operations for each element that is read
    are far too few to keep matrix units busy. Frozen weights of 4 bits are written out in the
    width that is computed in, and read back, for each pass.
    """
    rank = np.array([float(setup.lora_rank or 0) for setup in setups])
    if not rank.any():
        return np.zeros(len(setups))
    rows, memory = adapted_rows(profile), profile.memory
    tokens = load.tokens / memory.query_tokens if load.tokens and memory.query_tokens else 1.0
    growth = load.micro_batch / memory.batch_size * tokens
    item = columns.key_value_item_bytes
    moved = rows.in_elements + OUTPUT_PASSES * rows.out_elements + 2 * rank * rows.m
    flops = 2 * rank * (rows.in_elements + rows.out_elements)
    passes = 1 + BACKWARD_PASSES + np.where([setup.checkpointing for setup in setups], 1.0, 0.0)
    speed, peak = streamed_bytes_per_s(hardware, case), np.max(columns.peak_flops, axis=1)
    each = np.maximum(moved * item * growth / speed, flops * growth / peak)
    nf4 = np.array([setup.frozen_weights == "nf4" for setup in setups])
    # The backward pass needs them once: no gradient of a frozen weight is worked out.
    written = (passes - 1) * rows.weights * (NF4_BYTES + item) / speed
    # A processor's dispatch is beside what even the smallest kernel takes.
    smallest_s = curves_of(hardware).classes["streaming"].fixed_us * 1e-6
    kernel_s = launch_seconds(columns, hardware, case) + smallest_s
    host = passes * ADAPTER_KERNELS * rows.rows * kernel_s if hardware.is_cpu else 0.0
    total = (passes * each + np.where(nf4, written, 0.0)) / load.tensor + host
    return np.where(rank > 0, total, 0.0)
