"""Bytes that one accelerator holds in a training step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.profiling.profile import MemoryMoment, MemoryProfile, ModelProfile, Phase
from advisor.projection.adapters import Adapters, adapters
from advisor.projection.attention import with_fused_attention
from advisor.projection.columns import SetupColumns
from advisor.projection.experts import held_share
from advisor.projection.kept import kept_with
from advisor.projection.memory import activation_ratio
from advisor.projection.operators import Floats, operator_table
from advisor.projection.optimizers import OPTIMIZERS
from advisor.projection.parallel import Layout
from advisor.projection.setup import Setup
from advisor.projection.training_load import TrainingLoad


def training_payload_bytes(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup], columns: SetupColumns,
    where: Layout, load: TrainingLoad,
) -> Floats:  # fmt: skip
    """Tensors held by one accelerator in a training step, shape (setups,).

    The largest of the peaks of the step's parts; accelerators take the optimizer's step over all
    tensors at once. Stage 1 shards the optimizer's states over the data-parallel ranks, stage 2
    the gradients too, stage 3 the parameters too (Rajbhandari et al., "ZeRO", SC 2020, §5).
    Tensor and pipeline parallel divide all of them. NaN where the model's activations in training
    are not known.
    """
    memory = profile.memory
    growth = _activation_growth(profile, columns, where, load)
    fused = np.array([setup.attention == "fused" for setup in setups])
    casts = columns.kept_casts * _kept(profile.phases[0]).cast_bytes / load.tensor / where.pipeline
    growth = growth * np.where(fused, _kept(profile.phases[0]).fused, 1.0)
    parts = load.tensor * where.pipeline
    tuned = adapters(profile, setups)
    whole = memory.parameters_bytes + memory.buffers_bytes
    parameters = (whole + tuned.added_bytes - tuned.squeezed_bytes) / parts
    owned = held_share(profile, where)
    # DualPipe feeds the pipeline from both ends, so each stage works as two of them.
    copies = np.where(where.dualpipe & (where.pipeline > 1), 2.0, 1.0)
    parameters = copies * parameters * np.where(where.stage >= 3, 1 / where.data, owned)
    states = np.array([OPTIMIZERS[setup.optimizer].state_share for setup in setups])
    offloaded = np.array([setup.optimizer_offloaded for setup in setups])
    states = np.where(offloaded, 0.0, states)
    held = [
        _moment_bytes(
            moment,
            _gradients(moment, memory, load),
            columns,
            where,
            growth,
            states,
            parts,
            owned,
            tuned,
        )
        + parameters * columns.state_ratio
        + casts * _share_to_come(moment, memory.gradients_bytes)
        for moment in memory.training_moments
        if moment.phase != "foreach step" or not hardware.is_cpu
    ]
    if not held:
        return np.full(columns.channels_kept.shape, np.nan)
    return np.asarray(np.max(held, axis=0))


def _activation_growth(
    profile: ModelProfile, columns: SetupColumns, where: Layout, load: TrainingLoad
) -> Floats:
    """Activations on one accelerator over those of the profile.

    A stage of a pipeline keeps those of its layers for as many micro-batches as are in flight,
    which over all stages is the whole model's for one (Narayanan et al. 2021, "1F1B", §2.2); with
    v parts a stage, for (p − 1) / (p v) more. DualPipe keeps those of one more micro-batch.
    Checkpointing keeps a block's input and works in one block at a time.
    """
    memory = profile.memory
    scale = load.tokens / memory.query_tokens if load.tokens and memory.query_tokens else 1.0
    ratio = activation_ratio(operator_table(profile.phases[0]), columns, for_backward=True)
    growth = scale * load.micro_batch / memory.batch_size * ratio
    in_flight = np.minimum(load.repeats, where.pipeline) / where.pipeline
    interleaved = np.where(where.virtual_stages > 1, (where.pipeline - 1) / where.virtual_stages, 0)
    more = np.where(where.dualpipe, 1.0, interleaved)
    in_flight = in_flight * (1 + np.where(where.pipeline > 1, more / where.pipeline, 0.0))
    kept = np.where(where.checkpointing, _kept(profile.phases[0]).checkpointed, 1.0)
    return np.asarray(growth / load.tensor * in_flight * kept)


def _gradients(moment: MemoryMoment, memory: MemoryProfile, load: TrainingLoad) -> Floats:
    """Those of earlier micro-batches are there while a later one runs."""
    running = moment.phase in ("forward", "backward")
    added_to = np.asarray(running & (load.repeats > 1))
    return np.where(added_to, memory.gradients_bytes, moment.gradients_bytes)


def _share_to_come(moment: MemoryMoment, gradients_bytes: int) -> float:
    """Of the weights, those whose gradient is not made yet: until then a pass needs their cast."""
    if moment.phase not in ("forward", "backward"):
        return 0.0
    return 1 - min(moment.gradients_bytes / max(gradients_bytes, 1), 1.0)


@dataclass(frozen=True)
class _Kept:
    """Shares of a phase's activations, and the weights that autocast casts."""

    fused: float
    """What is written where no attention writes its scores out."""
    checkpointed: float
    """What is kept where each block keeps its input only."""
    cast_bytes: float


@kept_with
def _kept(phase: Phase) -> _Kept:
    """Counted once for a phase and kept as long as it is."""
    products = (row for row in phase.operators if row.multiply_adds)
    cast_bytes = sum(row.weight_bytes * row.repeats for row in products)
    return _Kept(_fused_share(phase), _checkpointed_share(phase), cast_bytes)


def _fused_share(phase: Phase) -> float:
    written, fused = (
        sum(row.output_bytes * row.repeats for row in each.operators)
        for each in (phase, with_fused_attention(phase))
    )
    return fused / max(written, 1)


def _checkpointed_share(phase: Phase) -> float:
    blocks = max((row.repeats for row in phase.operators), default=1)
    if blocks == 1:
        return 1.0
    inside = [row for row in phase.operators if row.repeats > 1]
    outside = sum(row.output_bytes for row in phase.operators if row.repeats == 1)
    written = sum(row.output_bytes * row.repeats for row in inside)
    first = next((row.input_bytes for row in inside if row.kind in ("norm", "matmul")), 0)
    counted = max((row.repeats for row in inside if row.kind == "matmul"), default=blocks)
    kept = counted * first + written / counted
    return min((kept + outside) / max(written + outside, 1), 1.0)


def _moment_bytes(
    moment: MemoryMoment, gradients: Floats, columns: SetupColumns, where: Layout, growth: Floats,
    optimizer_share: Floats, parts: Floats, owned: Floats, tuned: Adapters,
) -> Floats:  # fmt: skip
    """What is held beside parameters; the optimizer works on what its rank has of the states."""
    stage, ranks = where.stage, where.data
    optimized = np.where(stage >= 1, 1 / ranks, owned)
    states = gradients * np.where(stage >= 2, 1 / ranks, owned)
    states = states + moment.optimizer_bytes * optimizer_share * optimized
    activations = float(moment.activations_bytes)
    if moment.phase in ("forward", "backward"):
        activations += moment.temporaries_bytes
    else:
        states = states + moment.temporaries_bytes * optimized
    states = states * tuned.trained_share
    return np.asarray(states / parts * columns.state_ratio + activations * growth)
