"""Seconds of one phase: a roofline over its operators, and the host that launches them.

For each operator t = max(FLOPs / (peak · e_c), bytes / (bandwidth · e_b)) (Williams, Waterman and
Patterson, "Roofline", CACM 2009). A GPU works while the host launches, so a phase takes the larger
of the two sums; a processor does both itself and takes their sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.projection.columns import SetupColumns
from advisor.projection.operators import Floats, OperatorTable
from advisor.projection.scenario import Case, costly, helpful


@dataclass(frozen=True)
class Load:
    """How much of a phase is run at once; arrays of shape (setups,)."""

    batch_size: Floats
    query_tokens: Floats
    context_tokens: Floats
    accelerators: Floats
    """Over how many accelerators each operator is split (tensor parallel)."""


@dataclass(frozen=True)
class Work:
    """FLOPs and bytes of shape (setups, operators), of one call of each."""

    flops: Floats
    bytes: Floats
    launches: Floats
    """Shape (setups,), all calls together."""


def work(table: OperatorTable, columns: SetupColumns, load: Load) -> Work:
    """Count what every operator computes and moves under each setup."""
    kind = table.classes
    kept = columns.channels_kept[:, None]
    kept_channels = np.where(table.pruning_exponent > 0, kept, 1.0)
    kept_weights = kept**table.pruning_exponent
    token_scale = (load.query_tokens / table.query_tokens)[:, None]
    context_scale = (load.context_tokens / table.context_tokens)[:, None]
    sequences = load.batch_size[:, None]
    growth = np.where(table.attention, token_scale * context_scale, token_scale)

    def ratio(of: Floats) -> Floats:
        return np.where(table.floating, of[:, kind], 1.0)

    compiled = columns.compiled[:, None]
    inputs = np.where(compiled, table.fused_input_bytes, table.input_bytes)
    outputs = np.where(compiled, table.fused_output_bytes, table.output_bytes)
    cast = np.where(table.cast_inputs, columns.cast_input_ratio[:, kind], 0.0)
    input_passes = ratio(columns.input_ratio) + columns.extra_input_ratio[:, kind] + cast
    weights = (columns.weight_ratio + columns.extra_weight_ratio)[:, kind] * table.weight_bytes
    output_passes = ratio(columns.output_ratio) + columns.extra_output_ratio[:, kind]
    streamed = inputs * input_passes + outputs * output_passes
    cached = table.context_bytes * ratio(columns.input_ratio) * context_scale
    kernels = np.where(compiled, table.fused_launches, 1.0) + columns.extra_kernels[:, kind]
    return Work(
        flops=table.flops * sequences * growth * kept_weights,
        bytes=weights * kept_weights
        + sequences * kept_channels * (streamed * token_scale + cached),
        launches=np.sum(kernels * table.repeats, axis=1),
    )


def phase_seconds(
    table: OperatorTable, columns: SetupColumns, load: Load, hardware: Hardware, case: Case
) -> Floats:
    """Seconds of one run of the phase, shape (setups,)."""
    todo = work(table, columns, load)
    efficiency = hardware.efficiency
    share = (load.accelerators / columns.slices)[:, None]
    peak = columns.peak_flops[:, table.classes] * helpful(efficiency.compute_fraction, case) * share
    bandwidth = (
        hardware.memory.bandwidth_gb_per_s
        * 1e9
        * helpful(efficiency.bandwidth_fraction, case)
        * share
    )
    device = np.sum(np.maximum(todo.flops / peak, todo.bytes / bandwidth) * table.repeats, axis=1)
    per_launch = np.where(
        columns.compiled, costly(efficiency.launch_us, case), costly(efficiency.dispatch_us, case)
    )
    host = todo.launches * per_launch * 1e-6
    seconds: Floats = device + host if hardware.is_cpu else np.maximum(device, host)
    return seconds
