"""Which tensors automatic mixed precision leaves in 32 bits, and what it casts on the way.

Products and convolutions take 16-bit operands and give 16-bit results; norms, softmax, powers and
sums are computed in 32 bits and give 32-bit results; everything else takes the wider of its
operands, so a parameter or a residual stream in 32 bits keeps what it touches there (PyTorch's
"CUDA Op-Specific Behavior" of autocast). A profile holds no edges: an operator is taken to read
the result of the one before it, a second operand to be the last sum of that size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.profiling.profile import Operator

Floats = NDArray[np.float64]
_WIDENED_INSIDE = frozenset(
    {"softmax", "_softmax", "log_softmax", "_log_softmax", "sum", "prod", "cumsum", "cumprod"}
)
"""Of autocast's 32-bit list, those whose kernel takes 16 bits: nothing is cast before."""
_WIDENING = _WIDENED_INSIDE | {
    "layer_norm", "native_layer_norm", "group_norm", "native_group_norm", "norm",
    "linalg_vector_norm", "pow", "exp", "expm1", "log", "log1p", "log2", "log10", "rsqrt",
    "reciprocal", "softplus", "tan", "sinh", "cosh", "acos", "asin", "cosine_similarity", "cdist",
}  # fmt: skip
"""Autocast's 32-bit list."""
SCALAR_BYTES = 8
"""A parameter of one number does not widen what it scales."""
HALF, FULL = 0.5, 1.0


@dataclass(frozen=True)
class Widths:
    """Arrays of shape (operators,), in shares of the 32-bit bytes of the profile.

    `cast` are the bytes that a cast before the operator reads and writes, against the input.
    `stored` is the result's width where casts are fused: what only a product reads is in 16 bits.
    `kept_inputs` and `kept_outputs` are what a backward pass finds: each product keeps the copy
    that it was given, and a result that only products read is gone.
    """

    inputs: Floats
    outputs: Floats
    stored: Floats
    cast: Floats
    kept_inputs: Floats
    kept_outputs: Floats


def autocast_widths(operators: Sequence[Operator]) -> Widths:
    """Follow 32-bit tensors through `operators`, in the order in which they run."""
    size = len(operators)
    inputs, outputs, sources = (np.full(size, HALF) for _ in range(3))
    copies = np.zeros(size)
    follower = _Follower()
    for index, row in enumerate(operators):
        if is_constant(row):
            continue
        sources[index] = source = follower.width_of(row)
        if row.multiply_adds:
            copies[index] = HALF if source == FULL else 0.0
        elif row.name in _WIDENING:
            narrow = source == HALF and row.name not in _WIDENED_INSIDE
            copies[index] = FULL if narrow else 0.0
            inputs[index] = FULL if narrow else source
            outputs[index] = FULL
        else:
            inputs[index] = source
            outputs[index] = FULL if source > HALF or _has_wide_parameter(row) else HALF
        follower.see(row, float(outputs[index]))
    products = np.array([row.multiply_adds > 0 for row in operators], dtype=bool)
    for_product = np.append(products[1:], False)[:size]
    stored = np.where(for_product, HALF, outputs)
    cast = np.where(copies > 0, sources + copies, 0.0)
    kept = np.where(for_product & (outputs == FULL), 0.0, outputs)
    return Widths(inputs, outputs, stored, cast, copies, kept)


def _has_wide_parameter(row: Operator) -> bool:
    return row.kind == "elementwise" and row.weight_bytes > SCALAR_BYTES


class _Follower:
    """Remembers the width of the last tensor, and of the last sum, of each size."""

    def __init__(self) -> None:
        self._before: Operator | None = None
        self._last: dict[int, float] = {}
        self._sums: dict[int, float] = {}

    def width_of(self, row: Operator) -> float:
        """The mean width of the activations that `row` reads; a model's input is in 32 bits."""
        if self._before is None:
            return FULL
        held = self._before.output_bytes
        known = self._last.get(min(held, row.input_bytes), HALF)
        if is_sum(row):
            return (known + self._sums.get(row.output_bytes, known)) / 2
        return known

    def see(self, row: Operator, width: float) -> None:
        self._before = row
        self._last[row.output_bytes] = width
        if is_sum(row):
            self._sums[row.output_bytes] = width


def is_sum(row: Operator) -> bool:
    """Whether `row` joins two activations, or one and a parameter, of the size of its result."""
    both = row.input_bytes >= 2 * row.output_bytes or row.weight_bytes == row.output_bytes
    return row.kind == "elementwise" and row.output_bytes > 0 and both


def is_constant(row: Operator) -> bool:
    """Whether `row` computes on weights alone (to standardize them), whatever the batch."""
    return (
        row.multiply_adds == 0
        and row.weight_bytes > 0
        and row.weight_bytes >= row.output_bytes > 2 * row.input_bytes
    )
