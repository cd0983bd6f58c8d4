"""Seconds of one training step: kernels, optimizer, traffic and bubbles.

A micro-batch takes its forward pass; the backward pass, in which every product is done twice more,
for the gradients of its inputs and of its weights (Kaplan et al. 2020, "Scaling Laws", §2.1); what
is recomputed; and the loss. Ranks exchange gradients once a step (DDP, stages 1 and 2) or, sharded
whole, gather the parameters for each pass of each micro-batch and scatter the gradients
(Rajbhandari et al., "ZeRO", SC 2020, §7). A pipeline of p stages over m micro-batches stands still
for (p − 1) / m of its work (Huang et al. 2019, "GPipe", §3.2), and for 1 / v of that where each
stage holds v parts of the model (Narayanan et al. 2021, arXiv 2104.04473, §2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.catalog.engine import Training
from advisor.catalog.hardware import Hardware
from advisor.catalog.load import engine_by_id
from advisor.errors import CatalogError
from advisor.profiling.profile import ModelProfile
from advisor.projection.adapter_time import adapter_passes
from advisor.projection.columns import SetupColumns
from advisor.projection.curves import ATTENTION, CONV, DEPTHWISE_CONV, GROUPED_CONV, MATMUL, PRODUCT
from advisor.projection.experts import exchange_seconds
from advisor.projection.operators import Floats, OperatorTable
from advisor.projection.parallel import (
    Layout,
    all_reduce_seconds,
)
from advisor.projection.phases import recomputed_share, row_seconds, training_table, vocabulary
from advisor.projection.scenario import Cases, Scenario, costly, helpful
from advisor.projection.setup import Setup
from advisor.projection.time import GRAPH_LAUNCHES, Load, flops_growth, launch_seconds
from advisor.projection.training_load import TrainingLoad
from advisor.projection.training_traffic import Traffic, streamed_bytes_per_s

TRAINING_ENGINE = "pytorch-training"
PRODUCTS = (MATMUL, PRODUCT, CONV, GROUPED_CONV, DEPTHWISE_CONV)
PRODUCT_BACKWARD = 2.0
"""Gradients of inputs and of weights, each a product of the size of the forward's."""
BACKWARD_LAUNCHES = 0.8
"""Host time of the backward pass over that of the forward: twice the kernels, launched by threads
of autograd without the Python of the modules, at 8 of 22 us each. An assumption."""
FROZEN_BACKWARD = 1.0
"""A frozen weight takes no gradient: that of the inputs alone is left (Hu et al. 2021, "LoRA")."""
HALF_BYTES = 2.0


@dataclass(frozen=True)
class StepTime:
    """Arrays of shape (setups,)."""

    step_s: Floats
    forward_s: Floats
    """Of it, the forward passes of a rank's micro-batches, with nothing sent."""
    model_flops_utilisation: Floats
    """Forward and backward of the model as written, over what the accelerators could do."""
    hardware_flops_utilisation: Floats
    """The same with what is recomputed."""


def training_engine() -> Training:
    """The framework that trains."""
    engine = engine_by_id(TRAINING_ENGINE)
    if engine.training is None:
        raise CatalogError(f"engine {TRAINING_ENGINE}: its profile has no table [training]")
    return engine.training


def step_seconds(
    scenario: Scenario, setups: Sequence[Setup], columns: SetupColumns, where: Layout,
    load: TrainingLoad, case: Cases,
) -> StepTime:  # fmt: skip
    """One optimizer step over the global batch. NaN where no link between ranks is known."""
    hardware, engine = scenario.hardware, training_engine()
    again = where.checkpointing
    passes = _passes(scenario.profile, hardware, setups, columns, load, engine, case)
    compute = passes.forward_s + passes.backward_s + np.where(again, passes.again_s, 0.0)
    compute = compute + adapter_passes(scenario.profile, hardware, setups, columns, load, case)
    compute = (compute + _tensor_seconds(scenario, columns, where, load, case)) / where.pipeline
    exchanged = exchange_seconds(scenario, columns, where, load, case) / where.pipeline
    traffic = Traffic(scenario, setups, columns, where, load, case)
    hidden = 1 - helpful(engine.overlap, case)
    gathered = traffic.per_micro_batch_s()
    micro = np.maximum(compute, gathered) + hidden * np.minimum(compute, gathered)
    beside = np.maximum(micro, exchanged) + hidden * np.minimum(micro, exchanged)
    micro = np.where(where.dualpipe, beside, micro + exchanged)
    bubbles = _bubble_seconds(where, passes, micro, traffic.send_s())
    reduced = traffic.per_step_s()
    exposed = np.maximum(reduced - compute, 0.0) + hidden * np.minimum(reduced, compute)
    step = load.repeats * micro + bubbles + exposed + traffic.optimizer_s()
    step = step + costly(engine.step_ms, case) * 1e-3
    accelerators = load.tensor * where.pipeline * where.data
    able = accelerators * np.max(columns.peak_flops, axis=1)
    done = load.repeats * where.data * passes.flops
    return StepTime(
        step_s=np.where(np.isfinite(step), step, np.nan),
        forward_s=load.repeats * passes.forward_s / where.pipeline,
        model_flops_utilisation=done * 3 / (step * able),
        hardware_flops_utilisation=(
            load.repeats * where.data * (3 * passes.flops + again * passes.again_flops)
        ) / (step * able),
    )  # fmt: skip


def _bubble_seconds(where: Layout, passes: _Passes, micro: Floats, send_s: Floats) -> Floats:
    """Seconds that a stage waits in a step for the first and after the last micro-batch.

    With F and B the passes of a stage and W = B / 2 the weights' part of B, DualPipe waits for
    (p / 2 − 1)(F&B + B − 3 W) (deepseek-ai/DualPipe README@030ce43), F&B being `micro`.
    """
    forward, backward = passes.forward_s, passes.backward_s
    rest = 0.5 * backward / (forward + backward)
    with np.errstate(invalid="ignore"):  # infinite where no link is known
        both_ends = np.maximum(where.pipeline / 2 - 1, 0.0) * (micro * (1 - rest) + send_s)
        one_end = (where.pipeline - 1) * (micro / where.virtual_stages + send_s)
    return np.where(where.pipeline > 1, np.where(where.dualpipe, both_ends, one_end), 0.0)


@dataclass(frozen=True)
class _Passes:
    forward_s: Floats
    backward_s: Floats
    again_s: Floats
    flops: Floats
    again_flops: Floats


def _passes(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup], columns: SetupColumns,
    load: TrainingLoad, engine: Training, case: Cases,
) -> _Passes:  # fmt: skip
    """One micro-batch through the whole model on its tensor-parallel ranks, loss included."""
    fused = np.array([setup.attention == "fused" for setup in setups])
    if not fused.any() or fused.all():
        whole = bool(fused.all())
        found = _passes_as(profile, hardware, setups, columns, load, engine, case, fused=whole)
    else:
        one, two = (
            _passes_as(profile, hardware, setups, columns, load, engine, case, fused=each)
            for each in (False, True)
        )
        found = _Passes(
            *(np.where(fused, getattr(two, name), getattr(one, name)) for name in vars(one))
        )
    return found


def _passes_as(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup], columns: SetupColumns,
    load: TrainingLoad, engine: Training, case: Cases, *, fused: bool,
) -> _Passes:  # fmt: skip
    table = training_table(profile, fused=fused)
    tokens = np.full_like(load.micro_batch, load.tokens or 1.0)
    asked = Load(load.micro_batch, tokens, tokens, load.tensor, load.experts)
    rows, launches = row_seconds(table, columns, asked, hardware, case)
    is_product = np.isin(table.kernels, PRODUCTS)
    rows = np.where(is_product, rows * _column(costly(engine.products, case)), rows)
    streaming = _column(costly(engine.streaming_backward, case))
    tuned = np.array([setup.lora_rank is not None for setup in setups])
    products = np.where(
        tuned[:, None] & (table.weight_bytes > 0), FROZEN_BACKWARD, PRODUCT_BACKWARD
    )
    backward = np.where(is_product, products, streaming)
    backward = np.where(
        table.kernels == ATTENTION, _column(costly(engine.attention_backward, case)), backward
    )
    share = recomputed_share(profile, fused=fused, early_stop=engine.early_stop)
    loss = _loss_seconds(profile, hardware, load, engine, case)
    forward, back, again = (np.sum(rows * each, axis=1) for each in (1.0, backward, share))
    host = np.where(columns.captured, GRAPH_LAUNCHES, launches) * launch_seconds(
        columns, hardware, case
    )
    if hardware.is_cpu:
        forward, back = forward + host, back + PRODUCT_BACKWARD * host
    else:
        forward, back = np.maximum(forward, host), np.maximum(back, BACKWARD_LAUNCHES * host)
    flops, all_flops = _flops(profile, table, asked, share)
    return _Passes(forward + loss, back, again, flops, all_flops)


def _column(values: float | Floats) -> Floats:
    """A figure of each setup beside the operators of its row."""
    return np.asarray(values)[..., None]


def _flops(
    profile: ModelProfile, table: OperatorTable, load: Load, share: Floats
) -> tuple[Floats, Floats]:
    """Of the forward pass of a micro-batch as the model is written, and of what is redone."""
    halved = (table.kernels == ATTENTION) & (profile.decoder is not None)
    written = np.where(halved, 2.0, 1.0)
    each = table.flops * flops_growth(table, load) * written * table.repeats
    return load.batch_size * np.sum(each, axis=1), load.batch_size * np.sum(each * share, axis=1)


def _loss_seconds(
    profile: ModelProfile, hardware: Hardware, load: TrainingLoad, engine: Training, case: Cases
) -> Floats:
    """Cross entropy streams all logits several times; other losses are next to nothing."""
    logits = vocabulary(profile) * load.micro_batch * (load.tokens or 1.0) / load.tensor
    moved = logits * costly(engine.loss_bytes_per_logit, case)
    return np.asarray(moved / streamed_bytes_per_s(hardware, case))


def _tensor_seconds(
    scenario: Scenario, columns: SetupColumns, where: Layout, load: TrainingLoad, case: Cases
) -> Floats:
    """Two all-reduces of the hidden state a layer forward and two backward (Shoeybi et al. 2019).

    The next layer waits for them, so nothing hides them.
    """
    decoder = scenario.profile.decoder
    if decoder is None:
        return np.where(load.tensor > 1, np.nan, 0.0)
    hidden = load.micro_batch * (load.tokens or 1.0) * decoder.hidden_size
    payload = hidden * columns.key_value_item_bytes
    one = np.ones_like(load.tensor)
    reduced = all_reduce_seconds(scenario.hardware, load.tensor, one, payload, case)
    return np.asarray((4 + 2 * where.checkpointing) * decoder.layers * reduced)
