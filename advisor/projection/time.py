"""Seconds of one phase: its kernels on the device, and the host that launches them.

`work` says what every operator computes and moves under a setup, `kernels.device_seconds` how
long that takes (a roofline with curved ceilings: Williams, Waterman and Patterson, "Roofline",
CACM 2009). A GPU works while the host launches, so a phase takes the larger
of the two sums; a processor does both itself and takes their sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.catalog.hardware import Efficiency, Hardware
from advisor.catalog.quantity import Quantity, Source
from advisor.projection.columns import SetupColumns
from advisor.projection.curves import CONV, DEPTHWISE_CONV, GROUPED_CONV
from advisor.projection.kernels import Calls, device_seconds, spread
from advisor.projection.operators import Floats, OperatorTable
from advisor.projection.pruned import kept_channels
from advisor.projection.scenario import Cases, costly

TILE_ROWS = 128.0
"""Rows for which a kernel converts a weight once."""
GRAPH_LAUNCHES = 4.0
"""A recorded graph costs the host as much as a few launches, whatever its size. An assumption."""
SWITCHING = Quantity(
    low=0.0, expected=0.05, high=0.3,
    source=Source(
        "an assumption: NVIDIA names the cost of switching processes and gives no figure for it, "
        "https://docs.nvidia.com/deploy/mps/when-to-use-mps.html",
        "2026-11-24", "low", "wide: it turns on how long the processes' turns are",
    ),
)  # fmt: skip
"""Share of a GPU's time lost to switching between processes that take turns."""


@dataclass(frozen=True)
class Load:
    """How much of a phase is run at once; arrays of shape (setups,)."""

    batch_size: Floats
    query_tokens: Floats
    context_tokens: Floats
    accelerators: Floats
    """Over how many accelerators each operator is split (tensor parallel)."""
    experts: Floats | float = 1.0
    """Over how many the experts of a mixture are spread: each holds its part, and takes as many
    tokens for it from the others as it sends away."""


@dataclass(frozen=True)
class Work:
    """What the kernels of a phase do, and how many the host launches under each setup."""

    calls: Calls
    operators: Floats
    """Calls that the host makes for the model's own operators, shape (setups,)."""
    launches: Floats
    """Of all kernels, those around the operators with them."""
    modules: Floats
    """Calls of modules, whose code a compiler leaves out."""
    attentions: Floats
    """The same of attentions."""


def work(table: OperatorTable, columns: SetupColumns, load: Load) -> Work:
    """Count what every operator computes and moves under each setup."""
    kind = table.classes
    exponent = table.pruning_exponent
    kept = kept_channels(table, columns)
    channels = np.where(exponent > 0, kept, 1.0)
    kept_weights = kept**exponent
    token_scale, context_scale = _token_scale(table, load), _context_scale(table, load)
    sequences = load.batch_size[:, None]
    compiled = columns.compiled[:, None]
    fused = np.where(compiled, table.fused_launches, 1.0)
    casts = columns.autocast[:, None] & ~compiled & (table.autocast_cast > 0)
    extra_kernels = columns.extra_kernels[:, kind] + casts
    spread_over = np.where(table.routed, np.atleast_1d(load.experts)[:, None], 1.0)
    held = table.weight_bytes / spread_over * kept_weights
    asked = experts_asked(table, load)
    weights = columns.read_weight_ratio[:, kind] * held * (asked / table.experts)
    held_ratio = _cache_ratio(columns, load)[:, None]
    streamed, extra = _streamed(table, columns, token_scale, context_scale, held_ratio)
    activations = sequences * channels
    batch, m, n, k = _sizes(table, kept, sequences, token_scale, context_scale)
    calls = Calls(
        kinds=table.kernels,
        labels=table.labels,
        formats=np.where(
            table.floating & (columns.formats[:, kind] >= 0),
            columns.formats[:, kind],
            table.formats,
        ),
        batch=batch * asked,
        m=m / asked,
        n=n,
        k=k,
        transposed=table.transposed,
        flops=table.flops * sequences * flops_growth(table, load) * kept_weights,
        weight_bytes=weights,
        streamed_bytes=activations * streamed,
        worked=table.worked,
        kernels=fused,
        extra_bytes=activations * extra + columns.extra_weight_ratio[:, kind] * held,
        extra_kernels=extra_kernels,
        peak_flops=columns.peak_flops[:, kind],
        vector_flops=columns.dequantization_flops[:, kind] * k * n * np.ceil(m / TILE_ROWS),
        beside_weight_bytes=_beside_weight_bytes(table, columns, weights),
        interpreted=np.where(compiled, 0.0, 1.0),
        share=(load.accelerators * columns.compute_share)[:, None],
        memory_share=(load.accelerators * columns.memory_share)[:, None],
    )
    return Work(
        calls,
        operators=np.sum(fused * table.repeats, axis=1),
        launches=np.sum((fused + extra_kernels) * table.repeats, axis=1),
        modules=np.where(columns.compiled, 0.0, table.module_calls),
        attentions=np.where(columns.compiled, 0.0, table.attention_calls),
    )


def _beside_weight_bytes(table: OperatorTable, columns: SetupColumns, weights: Floats) -> Floats:
    """Of all weights, shape (setups, 1), or (setups, operators) where a cast writes some of them.

    What has just been written is read from the cache, whatever the others hold.
    """
    every = np.sum(weights * table.repeats, axis=1, keepdims=True)
    written = columns.read_weight_ratio != columns.weight_ratio
    return np.where(written[:, table.classes], weights, every) if written.any() else every


def flops_growth(table: OperatorTable, load: Load) -> Floats:
    """FLOPs of one sequence against those in the profile, shape (setups, operators)."""
    tokens = _token_scale(table, load)
    return np.where(table.grows_n | table.grows_k, tokens * _context_scale(table, load), tokens)


def _token_scale(table: OperatorTable, load: Load) -> Floats:
    """Query tokens against those in the profile, shape (setups, 1)."""
    scale: Floats = (load.query_tokens / table.query_tokens)[:, None]
    return scale


def _context_scale(table: OperatorTable, load: Load) -> Floats:
    """Keys that attention looks at against those in the profile.

    Shape (setups, 1), or (setups, operators) where some look back no further than a window.
    """
    scale: Floats = (load.context_tokens / table.context_tokens)[:, None]
    windowed = np.isfinite(table.window)
    if not windowed.any():
        return scale
    keys = np.minimum(load.context_tokens[:, None], table.window)
    return np.where(windowed, keys / np.where(windowed, table.keys, 1.0), scale)


def experts_asked(table: OperatorTable, load: Load) -> Floats:
    """Experts of each product that some token is sent to, (setups, operators); 1 without experts.

    A token takes k of E experts, any of them alike: T tokens leave (1 − k/E)^T of them unasked.
    """
    if not table.routed.any():
        return np.ones((1, len(table.routed)))
    tokens = (load.batch_size * load.query_tokens)[:, None]
    taken = np.minimum(table.m / table.query_tokens, table.experts)
    asked = table.experts * (1 - (1 - taken / table.experts) ** tokens)
    return np.where(table.routed, asked, 1.0)


def _sizes(
    table: OperatorTable, kept: Floats, sequences: Floats, token_scale: Floats,
    context_scale: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """Batch, m, n and k of each product; of a convolution in groups, groups are removed."""
    exponent = table.pruning_exponent
    grouped = (table.kernels == GROUPED_CONV) | (table.kernels == DEPTHWISE_CONV)
    groups = np.where(grouped, kept**exponent, 1.0)
    columns = np.where(grouped, 1.0, kept ** np.minimum(exponent, 1.0))
    inner = np.where(grouped, 1.0, kept ** np.maximum(exponent - 1.0, 0.0))
    return (
        table.batch * np.where(table.batched, sequences, 1.0) * groups,
        table.m * token_scale * np.where(table.batched, 1.0, sequences),
        table.n * np.where(table.grows_n, context_scale, 1.0) * columns,
        table.k * np.where(table.grows_k, context_scale, 1.0) * inner,
    )


def _cache_ratio(columns: SetupColumns, load: Load) -> Floats:
    """Bytes of keys and values that attention reads, against those in the computing format.

    Those of the queries' own tokens have just been computed; the rest comes out of the cache.
    """
    stored = columns.cache_item_bytes / columns.key_value_item_bytes
    own = np.minimum(load.query_tokens / load.context_tokens, 1.0)
    return np.asarray(own + (1 - own) * stored)


def _streamed(
    table: OperatorTable, columns: SetupColumns, token_scale: Floats, context_scale: Floats,
    held_ratio: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Bytes of activations, keys and values that one sequence moves.

    First those of the operators themselves, then those of the kernels beside them that change
    formats and layouts.
    """
    kind, compiled = table.classes, columns.compiled[:, None]

    def ratio(of: Floats) -> Floats:
        return np.where(table.floating, of[:, kind], 1.0)

    inputs = np.where(compiled, table.fused_input_bytes, table.input_bytes)
    outputs = np.where(compiled, table.fused_output_bytes, table.output_bytes)
    if table.grows_in.any():
        inputs = inputs * np.where(table.grows_in, context_scale, 1.0)
        outputs = outputs * np.where(table.grows_out, context_scale, 1.0)
    mixed = columns.autocast[:, None] & table.floating
    stored = np.where(compiled, table.autocast_stored, table.autocast_outputs)
    input_ratio = np.where(mixed, table.autocast_inputs, ratio(columns.input_ratio))
    output_ratio = np.where(mixed, stored, ratio(columns.output_ratio))
    cast = np.where(mixed & ~compiled, table.autocast_cast, 0.0)
    layout = _layout_passes(table, columns)
    cached = table.context_bytes * ratio(columns.input_ratio) * context_scale * held_ratio
    extra_inputs = columns.extra_input_ratio[:, kind] + cast + layout * input_ratio
    extra_outputs = columns.extra_output_ratio[:, kind] + layout * output_ratio
    return (
        (inputs * input_ratio + outputs * output_ratio) * token_scale + cached,
        (inputs * extra_inputs + outputs * extra_outputs) * token_scale,
    )


def _layout_passes(table: OperatorTable, columns: SetupColumns) -> Floats | float:
    """Passes over its input and output that each operator takes to change their layout."""
    grouped = (table.kernels == GROUPED_CONV) | (table.kernels == DEPTHWISE_CONV)
    dense = table.kernels == CONV
    if not (dense.any() or grouped.any()):
        return 0.0
    of_groups = np.where(grouped, columns.grouped_layout_passes[:, None], 0.0)
    return np.where(dense, columns.layout_passes[:, None], of_groups)


def phase_seconds(
    table: OperatorTable, columns: SetupColumns, load: Load, hardware: Hardware, case: Cases
) -> Floats:
    """Seconds of one run of the phase, shape (setups,)."""
    todo = work(table, columns, load)
    each = (
        device_seconds(todo.calls, hardware, same_sizes=table.same_sizes)
        * spread(table.kernels, hardware, case)
        * turn_ratio(columns, case)[:, None]
    )
    device = np.sum(each * table.repeats, axis=1)
    launches = np.where(columns.captured, GRAPH_LAUNCHES, host_calls(todo, hardware))
    host = launches * launch_seconds(columns, hardware, case)
    seconds: Floats = device + host if hardware.is_cpu else np.maximum(device, host)
    return seconds


def is_timed_processor(hardware: Hardware) -> bool:
    """Whether the figures of the host are this very box's, as its processor ran models."""
    return hardware.is_cpu and hardware.calibration is not None


def host_calls(todo: Work, hardware: Hardware) -> Floats:
    """Calls that each cost the host its `dispatch_us`, shape (setups,).

    Modules and attentions are worth several of them. The curves of a calibrated processor hold
    what the host takes for the kernels around an operator: it was timed with them.
    """
    calls = todo.operators if is_timed_processor(hardware) else todo.launches
    return calls + dispatches_around(hardware.efficiency, todo.modules, todo.attentions)


def dispatches_around(
    efficiency: Efficiency, modules: Floats | float, attentions: Floats | float
) -> Floats:
    """What the Python of so many modules and attentions costs, in operators' dispatches."""
    of_modules = efficiency.module_dispatches * modules
    return np.asarray(of_modules + efficiency.attention_dispatches * attentions)


def turn_ratio(columns: SetupColumns, case: Cases) -> Floats:
    """Seconds of a kernel's work over those on a GPU of its own, shape (setups,).

    Others run between; what switching costs is lost to all.
    """
    shared = columns.turns > 1
    return np.where(shared, columns.turns / (1 - costly(SWITCHING, case)), 1.0)


def launch_seconds(columns: SetupColumns, hardware: Hardware, case: Cases) -> Floats:
    """What the host takes to launch one kernel, shape (setups,)."""
    efficiency = hardware.efficiency
    return (
        np.where(
            columns.compiled,
            costly(efficiency.launch_us, case),
            costly(efficiency.dispatch_us, case),
        )
        * 1e-6
    )
