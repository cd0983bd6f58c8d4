"""One phase of a profile as arrays over its operators, per sequence and per call."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.profiling.profile import Operator, OperatorKind, Phase

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LINEAR, CONVOLUTION, PRODUCT, STREAMING, NORMALISING = range(5)
"""Classes of operators that a change of number format treats alike: matrix products with a weight,
convolutions, products of activations (attention), copies and element-wise work, and reductions,
which autocast keeps in 32 bits."""
CLASSES = 5

ITEM_BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1,
}  # fmt: skip


def _class_of(operator: Operator) -> int:
    if operator.kind == "matmul":
        return LINEAR if operator.weight_bytes else PRODUCT
    by_kind: dict[OperatorKind, int] = {
        "conv": CONVOLUTION, "attention": PRODUCT, "norm": NORMALISING, "reduction": NORMALISING,
    }  # fmt: skip
    return by_kind.get(operator.kind, STREAMING)


@dataclass(frozen=True)
class OperatorTable:
    """Arrays of shape (operators,). Bytes and FLOPs are in the profile's own formats.

    `weight_bytes` are of the whole call; the rest is of one sequence (or sample). The part of
    `input_bytes` that grows with the context (keys and values) is `context_bytes`.
    """

    classes: NDArray[np.intp]
    flops: Floats
    weight_bytes: Floats
    input_bytes: Floats
    context_bytes: Floats
    output_bytes: Floats
    fused_input_bytes: Floats
    fused_output_bytes: Floats
    fused_launches: Floats
    repeats: Floats
    pruning_exponent: Floats
    attention: Flags
    floating: Flags
    cast_inputs: Flags
    """Rows whose inputs autocast must cast, since what comes before them is kept in 32 bits."""
    query_tokens: float
    context_tokens: float

    @property
    def linear_weight_bytes(self) -> float:
        rows = self.classes == LINEAR
        return float(np.sum((self.weight_bytes * self.repeats)[rows]))


def _fusion(operators: tuple[Operator, ...], classes: NDArray[np.intp]) -> tuple[Floats, ...]:
    """Bytes and launches once each run of streaming operators is one kernel.

    A fused run reads what its first operator reads and writes what its last one writes; what
    passes between them stays in registers. Matrix products and attention stay as they are.
    """
    size = len(operators)
    inputs, outputs, launches = (np.zeros(size) for _ in range(3))
    fusible = classes >= STREAMING
    for index, operator in enumerate(operators):
        starts = not fusible[index] or index == 0 or not fusible[index - 1]
        ends = not fusible[index] or index == size - 1 or not fusible[index + 1]
        inputs[index] = operator.input_bytes if starts else 0
        outputs[index] = operator.output_bytes if ends else 0
        launches[index] = 1 if starts else 0
    return inputs, outputs, launches


_TABLES: dict[int, OperatorTable] = {}


def operator_table(phase: Phase) -> OperatorTable:
    """The rows of `phase` as arrays, made once and kept as long as the phase itself.

    Kept by identity: hashing ten thousand rows would cost more than the projection.
    """
    table = _TABLES.get(id(phase))
    if table is None:
        table = _TABLES[id(phase)] = _tabulate(phase)
        weakref.finalize(phase, _TABLES.pop, id(phase), None)
    return table


def _served_rows(phase: Phase) -> tuple[Operator, ...]:
    """The rows a serving engine runs: a paged cache is written in place, never copied whole.

    The trace of a decode step holds the copies that transformers' DynamicCache makes of all keys
    and values at each step.
    """
    if phase.name != "decode":
        return phase.operators
    return tuple(row for row in phase.operators if row.kind != "copy")


def _tabulate(phase: Phase) -> OperatorTable:
    rows = _served_rows(phase)
    sequences = float(phase.batch_size)
    classes = np.array([_class_of(row) for row in rows], dtype=np.intp)
    attention = np.array([row.kind == "attention" for row in rows], dtype=bool)
    fused_inputs, fused_outputs, fused_launches = _fusion(rows, classes)
    inputs = np.array([row.input_bytes for row in rows], dtype=float)
    queries = np.array(
        [(row.batch * (row.m or 0) * (row.k or 0) * ITEM_BYTES.get(row.dtype, 4)) for row in rows],
        dtype=float,
    )
    context_bytes = np.where(attention, np.maximum(inputs - queries, 0.0), 0.0)
    follows_norm = np.array(
        [index == 0 or classes[index - 1] == NORMALISING for index in range(len(rows))], dtype=bool
    )
    return OperatorTable(
        classes=classes,
        flops=np.array([2.0 * row.multiply_adds for row in rows]) / sequences,
        weight_bytes=np.array([row.weight_bytes for row in rows], dtype=float),
        input_bytes=(inputs - context_bytes) / sequences,
        context_bytes=context_bytes / sequences,
        output_bytes=np.array([row.output_bytes for row in rows], dtype=float) / sequences,
        fused_input_bytes=np.maximum(fused_inputs - context_bytes, 0.0) / sequences,
        fused_output_bytes=fused_outputs / sequences,
        fused_launches=fused_launches,
        repeats=np.array([row.repeats for row in rows], dtype=float),
        pruning_exponent=np.array([row.pruning_exponent for row in rows], dtype=float),
        attention=attention,
        floating=np.array([row.dtype in ITEM_BYTES for row in rows], dtype=bool),
        cast_inputs=follows_norm & (classes <= CONVOLUTION),
        query_tokens=float(phase.query_tokens or 1),
        context_tokens=float(phase.context_tokens or phase.query_tokens or 1),
    )
