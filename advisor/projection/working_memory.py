"""What a forward pass holds beside parameters and buffers, at the operator where it holds most.

Which operator that is depends on the setup: a compiler writes pointwise work into what it reads, a
layer of quantized weights writes them out in full, and a convolution copies what it makes into
another layout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.profiling.profile import MemoryProfile, WorkingKind, WorkingMoment
from advisor.projection.columns import SetupColumns
from advisor.projection.kept import kept_with
from advisor.projection.operators import Flags, Floats


@dataclass(frozen=True)
class WorkingTable:
    """The moments of a profile as arrays of shape (moments,), of its own batch and tokens."""

    linear: Flags
    convolution: Flags
    pointwise: Flags
    held: Floats
    inputs: Floats
    outputs: Floats
    weights: Floats
    seen_weights: Floats
    integers: Floats

    @classmethod
    def of(cls, memory: MemoryProfile) -> WorkingTable:
        moments = memory.inference_moments or (
            WorkingMoment("other", memory.inference_activation_bytes, 0, 0, 0, 0),
        )

        def are(kind: WorkingKind) -> Flags:
            return np.array([each.kind == kind for each in moments])

        def column(name: str) -> Floats:
            return np.array([getattr(each, name) for each in moments], dtype=float)

        other = are("other")
        return cls(
            linear=are("linear"),
            convolution=are("conv"),
            pointwise=other if not other.all() else np.zeros_like(other),
            held=column("held_bytes"),
            inputs=column("input_bytes"),
            outputs=column("output_bytes"),
            weights=column("weight_bytes"),
            seen_weights=column("seen_weight_bytes"),
            integers=column("integer_bytes"),
        )


def working_bytes(
    memory: MemoryProfile, columns: SetupColumns, scale: Floats, activation_ratio: Floats
) -> Floats:
    """Bytes held at the peak, shape (setups,).

    `scale` is sequences and tokens against the profile's, `activation_ratio` the bytes of an
    activation against the profile's.
    """
    table = _table(memory)
    convolved = columns.convolution_output_copies[:, None] * table.convolution * table.outputs
    quantized = columns.linear_input_copies[:, None] * table.linear * table.inputs
    floating = (table.held - table.integers + convolved) * activation_ratio[:, None]
    activations = floating + table.integers + quantized
    copies = (
        columns.linear_weight_copies[:, None] * table.linear
        + columns.convolution_weight_copies[:, None] * table.convolution
    )
    weights = columns.kept_casts[:, None] * table.seen_weights
    outputs = columns.linear_output_copies[:, None] * table.linear * table.outputs
    # The copy of a weight is gone before the output is finished.
    working = np.maximum(copies * table.weights, outputs * scale[:, None])
    total = activations * scale[:, None] + weights + working
    in_place = columns.compiled[:, None] & table.pointwise
    return np.asarray(np.max(np.where(in_place, 0.0, total), axis=1))


@kept_with
def _table(memory: MemoryProfile) -> WorkingTable:
    """Made once and kept as long as the profile."""
    return WorkingTable.of(memory)
