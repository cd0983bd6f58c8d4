"""One phase of a profile as arrays over its operators, per sequence and per call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.profiling.profile import Operator, OperatorKind, Phase
from advisor.projection import curves
from advisor.projection.autocast import autocast_widths, is_constant
from advisor.projection.context_growth import context_growth
from advisor.projection.fusion import fused_runs
from advisor.projection.kept import kept_with

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LINEAR, CONVOLUTION, PRODUCT, STREAMING, NORMALISING = range(5)
"""Classes of operators that a change of number format treats alike: matrix products with a weight,
convolutions, products of activations (attention), copies and element-wise work, and reductions,
which autocast keeps in 32 bits."""
CLASSES = 5
WIDE = 8
"""Outputs for each input, from which on a library goes another way than for square weights."""
FEW = 4
"""Elements of a window that is begun for little work."""

ITEM_BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1,
}  # fmt: skip


_KERNEL_KINDS: dict[OperatorKind, int] = {
    "attention": curves.ATTENTION, "elementwise": curves.STREAMING, "embedding": curves.COPY,
    "norm": curves.NORM, "reduction": curves.NORM, "copy": curves.COPY,
}  # fmt: skip


def class_of(operator: Operator) -> int:
    """The class by which a change of number format treats `operator`."""
    if operator.kind == "norm" and "batch_norm" in operator.name:
        return STREAMING  # autocast leaves it in 16 bits; its statistics are constants
    if operator.kind == "matmul":
        return LINEAR if operator.weight_bytes else PRODUCT
    by_kind: dict[OperatorKind, int] = {
        "conv": CONVOLUTION, "attention": PRODUCT, "norm": NORMALISING, "reduction": NORMALISING,
    }  # fmt: skip
    return by_kind.get(operator.kind, STREAMING)


def kernel_of(operator: Operator) -> int:
    """Index into `curves.KERNELS` of the kernel that runs `operator`."""
    if operator.kind == "matmul":
        return curves.MATMUL if operator.weight_bytes else curves.PRODUCT
    if operator.kind == "conv":
        if operator.batch == 1:
            return curves.CONV
        return curves.DEPTHWISE_CONV if operator.n == 1 else curves.GROUPED_CONV
    if "batch_norm" in operator.name:
        return curves.STREAMING
    return _KERNEL_KINDS[operator.kind]


@dataclass(frozen=True)
class OperatorTable:
    """Arrays of shape (operators,), rows that are alike in all of them merged.

    Bytes and FLOPs are in the profile's own formats.
    `weight_bytes` are of the whole call; the rest is of one sequence (or sample). The part of
    `input_bytes` that grows with the context (keys and values) is `context_bytes`.
    """

    classes: NDArray[np.intp]
    kernels: NDArray[np.intp]
    """Indices into `curves.KERNELS`."""
    labels: NDArray[np.intp]
    """Of the operators' names, see `curves.label`."""
    formats: NDArray[np.intp]
    """Indices into `curves.FORMATS`, as the model came."""
    batch: Floats
    m: Floats
    n: Floats
    k: Floats
    """Sizes as in `Operator`, 0 where there are none; `batch` is of one sequence where sequences
    are separate products (`batched`), else `m` is."""
    batched: Flags
    transposed: Flags
    """Whether a weight lies as k rows of n, as operands of a plain product do, not n rows of k."""
    flops: Floats
    weight_bytes: Floats
    input_bytes: Floats
    context_bytes: Floats
    window: Floats
    """The most keys that a query looks back at; infinite where it looks at all."""
    output_bytes: Floats
    worked: Floats
    """Bytes that arithmetic goes through, against those moved: pooling takes each more than once,
    or leaves some out, as its windows lie. 1 of everything else."""
    fused_input_bytes: Floats
    fused_output_bytes: Floats
    fused_launches: Floats
    repeats: Floats
    pruning_exponent: Floats
    """Of the channels that structured pruning keeps; of the heads kept where `in_attention`."""
    in_attention: Flags
    """Work of a module that projects, attends and projects back: it falls with its heads."""
    grows_n: Flags
    """n are keys, of kernels of attention and of scores that are written out."""
    grows_k: Flags
    """k are keys, of the product of written-out scores with the values."""
    grows_in: Flags
    """As many inputs as there are scores, written out."""
    grows_out: Flags
    keys: Floats
    """Looked at in the profile; 0 where none are."""
    floating: Flags
    autocast_inputs: Floats
    """Bytes under autocast against those in 32 bits, as the three that follow: see `Widths`."""
    autocast_outputs: Floats
    autocast_stored: Floats
    autocast_cast: Floats
    autocast_kept_bytes: Floats
    """Of a training step under autocast, what a backward pass finds of each row."""
    routed: Flags
    """Products with the weights of several experts, of which a token takes some."""
    experts: Floats
    """How many experts' weights `weight_bytes` is of; 1 where there are none."""
    same_sizes: NDArray[np.intp]
    """For each row the first one whose kernel and sizes are the same, whatever it moves."""
    query_tokens: float
    context_tokens: float
    module_calls: float
    """Of modules that hold an operator, within others and by themselves."""
    attention_calls: float
    """Written out ones, which are two products of activations, with the fused."""

    @property
    def linear_weight_bytes(self) -> float:
        rows = self.classes == LINEAR
        return float(np.sum((self.weight_bytes * self.repeats)[rows]))


@kept_with
def operator_table(phase: Phase) -> OperatorTable:
    """The rows of `phase` as arrays, made once and kept as long as the phase itself."""
    return _tabulate(phase)


def _served_rows(phase: Phase) -> tuple[Operator, ...]:
    """The rows a serving engine runs: a paged cache is written in place, never copied whole.

    The trace of a decode step holds the copies that transformers' DynamicCache makes of all keys
    and values at each step.
    """
    rows = tuple(row for row in phase.operators if not _is_number(row))
    if phase.name != "decode":
        return rows or phase.operators
    return tuple(row for row in rows if row.kind != "copy")


def _is_number(row: Operator) -> bool:
    """Arithmetic on single numbers: a trace of sizes, which the host computes without a kernel."""
    return row.kind == "elementwise" and row.output_bytes <= 8 and row.input_bytes <= 16


def _computed_weight_bytes(row: Operator) -> int:
    """What a convolution reads of a weight that was computed, which counts as an activation."""
    if row.kind != "conv" or row.n is None or row.k is None:
        return 0
    whole = row.batch * row.n * row.k * _item_bytes(row)
    return max(min(whole - row.weight_bytes, row.input_bytes), 0)


def _worked(row: Operator) -> float:
    """A pooling's other FLOPs are one for each element of each window."""
    if not row.other_flops or not _is_pooling(row):
        return 1.0
    moved = row.input_bytes + row.output_bytes
    return row.other_flops * _item_bytes(row) / max(moved, 1)


def _is_pooling(row: Operator) -> bool:
    return "_pool" in row.name and row.kind == "reduction"


def _item_bytes(row: Operator) -> int:
    return ITEM_BYTES.get(row.dtype, 4)


def _module_calls(rows: tuple[Operator, ...]) -> int:
    """How many modules are called; lists and sequences of modules, which hold numbers, are not."""
    calls: dict[str, int] = {}
    for row in rows:
        parts = row.module.split(".") if row.module else []
        for depth in range(len(parts) + 1):
            if depth == len(parts) or not parts[depth].isdigit():
                path = ".".join(parts[:depth])
                calls[path] = min(calls.get(path, row.repeats), row.repeats)
    return sum(calls.values())


def _attention_calls(kernels: NDArray[np.intp], repeats: Floats) -> float:
    fused, written_out = (
        repeats[kernels == each].sum() for each in (curves.ATTENTION, curves.PRODUCT)
    )
    return float(fused + written_out / 2)


def _in_attention(rows: tuple[Operator, ...]) -> NDArray[np.bool_]:
    """Rows of modules that hold the attention and the weights around it."""
    paths = {row.module for row in rows if row.kind == "attention" and row.module}
    weighted = [row.module for row in rows if row.kind == "matmul" and row.weight_bytes]
    whole = {path for path in paths if any(each.startswith(f"{path}.") for each in weighted)}
    return np.array(
        [any(row.module == path or row.module.startswith(f"{path}.") for path in whole)
         for row in rows],
        dtype=bool,
    )  # fmt: skip


def _experts(row: Operator) -> float:
    """For how many products of these sizes weights stand by."""
    one = row.batch * (row.n or 0) * (row.k or 0) * _item_bytes(row)
    several = row.kind == "matmul" and row.weight_bytes >= 2 * one > 0
    return row.weight_bytes / one if several else 1.0


def _tabulate(phase: Phase) -> OperatorTable:
    rows = _served_rows(phase)
    classes = np.array([class_of(row) for row in rows], dtype=np.intp)
    in_attention = _in_attention(rows)
    growth = context_growth(rows, phase)
    columns = {
        "classes": classes,
        "kernels": np.array([kernel_of(row) for row in rows], dtype=np.intp),
        "labels": np.array([curves.label(_label(row)) for row in rows], dtype=np.intp),
        "formats": np.array(
            [curves.FORMAT_OF_DTYPE.get(row.dtype, 0) for row in rows], dtype=np.intp
        ),
        "repeats": _column(rows, "repeats"),
        "pruning_exponent": np.where(in_attention, 1.0, _column(rows, "pruning_exponent")),
        "in_attention": in_attention,
        "floating": _floating(rows),
        "worked": np.array([_worked(row) for row in rows], dtype=float),
        "routed": np.array([_experts(row) > 1 for row in rows], dtype=bool),
        "experts": np.array([_experts(row) for row in rows], dtype=float),
        **_sizes(rows, float(phase.batch_size)),
        **_bytes(rows, classes, float(phase.batch_size), growth.pop("written_bytes")),
        **growth,
    }
    merged = _merged(columns)
    return OperatorTable(
        **merged,
        same_sizes=_same_sizes(merged),
        module_calls=float(_module_calls(rows)),
        attention_calls=_attention_calls(columns["kernels"], columns["repeats"]),
        query_tokens=float(phase.query_tokens or 1),
        context_tokens=float(phase.context_tokens or phase.query_tokens or 1),
    )


_SIZES = (
    "classes", "kernels", "labels", "formats", "batch", "m", "n", "k", "batched", "grows_n",
    "grows_k", "keys", "window", "pruning_exponent", "experts", "floating", "in_attention",
)  # fmt: skip


def _same_sizes(columns: dict[str, NDArray[Any]]) -> NDArray[np.intp]:
    rows = np.stack([columns[name].astype(float) for name in _SIZES], axis=1)
    _, first, group = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return np.asarray(first[group.ravel()])


def _label(row: Operator) -> str:
    """The operator's name, and what tells that libraries run another kernel under it.

    That is attention of single queries, a convolution whose windows do not overlap, which is a
    plain matrix product, a product with far more outputs than inputs, as a head's, and a pooling of
    so few elements that what each window takes to begin with is most of it.
    """
    if row.kind == "matmul" and row.weight_bytes and (row.n or 0) >= WIDE * (row.k or 0) > 0:
        return f"{row.name}_wide"
    if row.kind == "attention" and row.m == 1:
        return "one_query"
    if row.kind == "conv" and row.m is not None and row.k is not None:
        windows = row.m * row.k * row.batch * _item_bytes(row)
        return "apart" if windows <= 1.5 * row.input_bytes else "overlapping"
    compared = _item_bytes(row) * (row.other_flops or 0)
    if _is_pooling(row) and 0 < compared <= FEW * row.output_bytes:
        return f"{row.name}_of_few"
    return row.name


def _floating(rows: tuple[Operator, ...]) -> Flags:
    return np.array([row.dtype in ITEM_BYTES for row in rows], dtype=bool)


def _column(rows: tuple[Operator, ...], name: str) -> Floats:
    return np.array([getattr(row, name) or 0 for row in rows], dtype=float)


def _sizes(rows: tuple[Operator, ...], sequences: float) -> dict[str, NDArray[Any]]:
    m, n, k, batch = (_column(rows, name) for name in ("m", "n", "k", "batch"))
    kernels = np.array([kernel_of(row) for row in rows], dtype=np.intp)
    batched = (kernels == curves.PRODUCT) | (kernels == curves.ATTENTION)
    return {
        "batch": np.where(batched, batch / sequences, batch),
        "m": np.where(kernels == curves.DEPTHWISE_CONV, 0.0, np.where(batched, m, m / sequences)),
        "n": n,
        "k": k,
        "batched": batched,
        "transposed": np.array(
            [row.kind == "matmul" and row.name != "linear" for row in rows], dtype=bool
        ),
        "flops": 2.0 * _column(rows, "multiply_adds") / sequences,
    }


def _bytes(
    rows: tuple[Operator, ...], classes: NDArray[np.intp], sequences: float, written_bytes: Floats
) -> dict[str, NDArray[Any]]:
    attention = np.array([row.kind == "attention" for row in rows], dtype=bool)
    constant = np.array([is_constant(row) for row in rows], dtype=bool)
    computed = np.array([_computed_weight_bytes(row) for row in rows], dtype=float)
    fused_inputs, fused_outputs, fused_launches = fused_runs(rows, classes >= STREAMING)
    inputs = _column(rows, "input_bytes") - computed
    outputs = _column(rows, "output_bytes")
    queries = np.array(
        [(row.batch * (row.m or 0) * (row.k or 0) * _item_bytes(row)) for row in rows],
        dtype=float,
    )
    context_bytes = np.where(attention, np.maximum(inputs - queries, 0.0), written_bytes)
    widths = autocast_widths(rows)
    scaled = np.where(constant, 0.0, 1 / sequences)
    kept = widths.kept_outputs * outputs + widths.kept_inputs * inputs
    return {
        "weight_bytes": _column(rows, "weight_bytes")
        + computed
        + np.where(constant, inputs + outputs, 0.0),
        "input_bytes": (inputs - context_bytes) * scaled,
        "context_bytes": context_bytes / sequences,
        "output_bytes": outputs * scaled,
        "fused_input_bytes": np.maximum(fused_inputs - context_bytes - computed, 0.0) * scaled,
        "fused_output_bytes": fused_outputs * scaled,
        "fused_launches": fused_launches,
        "autocast_inputs": widths.inputs,
        "autocast_outputs": widths.outputs,
        "autocast_stored": widths.stored,
        "autocast_cast": widths.cast,
        "autocast_kept_bytes": np.where(_floating(rows), kept, outputs) * scaled,
    }


def _merged(columns: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Rows that are alike as one with the sum of their repeats, in order of their first."""
    names = [name for name in columns if name != "repeats"]
    rows = np.stack([columns[name].astype(float) for name in names], axis=1)
    _, first, group = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    repeats = np.bincount(group.ravel(), weights=columns["repeats"].astype(float))
    order = np.argsort(first)
    merged = {name: columns[name][first[order]] for name in names}
    return {**merged, "repeats": repeats[order]}
