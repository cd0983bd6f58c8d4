"""Low-rank adapters beside the linear layers of a model: how many parameters they are.

An adapter of rank r beside a layer of n outputs and k inputs is two products, k × r and r × n (Hu
et al. 2021, "LoRA", §4.1). Every linear layer gets one but the last, which makes the outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.profiling.profile import ModelProfile
from advisor.projection.kept import kept_with
from advisor.projection.operators import ITEM_BYTES, Floats
from advisor.projection.setup import Setup

# 4 bits a weight, and a scale of 8 bits for every 64 with its own in 32 bits for every 256 of those
# (Dettmers et al. 2023, "QLoRA", §3, double quantization).
NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)


@dataclass(frozen=True)
class AdaptedRows:
    """Sums over the linear layers that have adapters; `m` is of the profile's batch."""

    rows: float
    """Layers."""
    sides: float
    """Of n + k."""
    weights: float
    """Of n × k."""
    in_elements: float
    """Of m × k."""
    out_elements: float
    """Of m × n."""
    m: float


@kept_with
def adapted_rows(profile: ModelProfile) -> AdaptedRows:
    """Counted once for a profile and kept as long as it is."""
    linear = [
        row for row in profile.phases[0].operators if row.kind == "matmul" and row.weight_bytes
    ]
    if linear and linear[-1].repeats == 1:
        linear = linear[:-1]
    sums = np.zeros(6)
    for row in linear:
        m, n, k = row.m or 0, row.n or 0, row.k or 0
        sums += row.repeats * np.array([1, n + k, n * k, m * k, m * n, m])
    return AdaptedRows(*(float(each) for each in sums))


@dataclass(frozen=True)
class Adapters:
    """Arrays of shape (setups,), in the width of the profile."""

    trained_share: Floats
    """Trained parameters over those of the model as it came."""
    added_bytes: Floats
    squeezed_bytes: Floats
    """What the frozen weights take less than they did."""


def adapters(profile: ModelProfile, setups: Sequence[Setup]) -> Adapters:
    """What is trained of a model under each setup, and held for it."""
    rows, item = adapted_rows(profile), float(ITEM_BYTES.get(profile.dtype, 4))
    rank = np.array([float(setup.lora_rank or 0) for setup in setups])
    squeezed = np.array([setup.frozen_weights == "nf4" for setup in setups]) & (rank > 0)
    added = rank * rows.sides * item
    # A base in 4 bits is computed in 16, and what is not linear keeps its width.
    return Adapters(
        trained_share=np.where(rank > 0, added / max(profile.memory.parameters_bytes, 1), 1.0),
        added_bytes=added,
        squeezed_bytes=np.where(squeezed, rows.weights * max(item - NF4_BYTES, 0.0), 0.0),
    )
