"""The matrix product that an operator amounts to, from the shapes of its tensors.

Multiply-adds are counted, so FLOPs are twice as many. Attention is counted as the full
square of query and key tokens even where it is causal, as dense kernels and every common FLOP
counter do; grouped queries share keys, which saves bytes and no multiply-adds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.profiling.calls import Call, TensorFact
from advisor.profiling.kinds import ATTENTION, CONVOLUTIONS, base_name


@dataclass(frozen=True)
class Product:
    """`batch` independent products of (m, k) by (k, n); sizes are None where there is no one such.

    `weight_fraction` is the share of the weights that the call reads: below 1 only for a
    mixture whose tokens are fewer than its experts.
    """

    multiply_adds: int
    m: int | None = None
    n: int | None = None
    k: int | None = None
    batch: int = 1
    weight_fraction: float = 1.0


def _product(m: int, n: int, k: int, batch: int = 1, weight_fraction: float = 1.0) -> Product:
    return Product(batch * m * n * k, m, n, k, batch, weight_fraction)


def matrix_product(left: Sequence[int], right: Sequence[int]) -> Product:
    """`torch.matmul` of these shapes, one-dimensional operands and broadcasting included."""
    rows, columns = tuple(left), tuple(right)
    if len(rows) == 1:
        rows = (1, *rows)
    if len(columns) == 1:
        columns = (*columns, 1)
    if len(columns) == 2:
        return _product(math.prod(rows[:-1]), columns[-1], rows[-1])
    batch = math.prod(_broadcast(rows[:-2], columns[:-2]))
    return _product(rows[-2], columns[-1], rows[-1], batch)


def _broadcast(left: Sequence[int], right: Sequence[int]) -> tuple[int, ...]:
    width = max(len(left), len(right))
    padded = ((1,) * (width - len(each)) + tuple(each) for each in (left, right))
    return tuple(b if a == 1 else a for a, b in zip(*padded, strict=True))


def _matmul_at(first: int, second: int) -> Callable[[Call], Product]:
    return lambda call: matrix_product(call.arguments[first].shape, call.arguments[second].shape)


def _linear(call: Call) -> Product:
    inputs, weight = call.arguments[0].shape, call.arguments[1].shape
    columns = weight[0] if len(weight) == 2 else 1
    return _product(math.prod(inputs[:-1]), columns, inputs[-1])


def _grouped(call: Call) -> Product:
    """`_grouped_mm`: rows sorted by expert, each against one expert's matrix (E, K, N)."""
    rows, experts = call.arguments[0].shape, call.arguments[1].shape
    if len(rows) == 2 and len(experts) == 3:
        read = min(rows[0], experts[0]) / experts[0]
        return _product(rows[0], experts[-1], rows[1], weight_fraction=read)
    if len(rows) == 3 and len(experts) == 3:
        return matrix_product(rows, experts)
    return _product(rows[-2], experts[-1], rows[-1])


def _convolution(call: Call) -> Product:
    """Positions × (input channels of a group × kernel) × output channels of a group, by group.

    A transposed convolution multiplies at each input position: its weight is
    (input channels, output channels of a group, *kernel).
    """
    inputs, weight = call.arguments[0].shape, call.arguments[1].shape
    transposed, groups = bool(call.argument(6)), int(call.argument(8) or 1)
    outputs = call.outputs[0].shape
    positions = inputs[0] * math.prod((inputs if transposed else outputs)[2:])
    if transposed:
        return _product(positions, math.prod(weight[1:]), weight[0] // groups, groups)
    return _product(positions, weight[0] // groups, math.prod(weight[1:]), groups)


def _attention(call: Call) -> Product:
    query, key, value = (call.arguments[position].shape for position in range(3))
    batch, m, n, k = math.prod(query[:-2]), query[-2], key[-2], query[-1]
    return Product(batch * m * n * (k + value[-1]), m, n, k, batch)


def _einsum(call: Call) -> Product | None:
    """A contraction of two operands by its equation; other arities have no one product."""
    equation, operands = call.arguments[0], call.arguments[1]
    if not isinstance(equation, str) or "..." in equation or len(operands) != 2:
        return None
    terms, _, kept = equation.replace(" ", "").partition("->")
    left, right = terms.split(",")
    sizes: dict[str, int] = {}
    for labels, operand in zip((left, right), operands, strict=True):
        sizes.update(zip(labels, operand.shape, strict=True))
    shared = set(left) & set(right)

    def extent(labels: set[str]) -> int:
        return math.prod(sizes[label] for label in labels)

    return _product(
        extent(set(left) - shared),
        extent(set(right) - shared),
        extent(shared - set(kept)),
        extent(shared & set(kept)),
    )


def _recurrent(call: Call) -> Product:
    """Every weight matrix of an LSTM, GRU or RNN is applied once to each step and sequence."""
    tokens = math.prod(call.arguments[0].shape[:-1])
    matrices = [each for each in _listed(call.arguments) if each.weight and len(each.shape) == 2]
    return Product(tokens * sum(math.prod(each.shape) for each in matrices))


def _listed(arguments: Sequence[Any]) -> list[TensorFact]:
    """The tensors that are inside lists: a recurrent call has its parameters in one."""
    lists = [each for each in arguments if isinstance(each, (list, tuple))]
    return [item for each in lists for item in each if isinstance(item, TensorFact)]


_SHAPES: dict[str, Callable[[Call], Product | None]] = {
    "linear": _linear,
    "addmm": _matmul_at(1, 2),
    "addmv": _matmul_at(1, 2),
    "baddbmm": _matmul_at(1, 2),
    "addbmm": _matmul_at(1, 2),
    "mm": _matmul_at(0, 1),
    "mv": _matmul_at(0, 1),
    "dot": _matmul_at(0, 1),
    "matmul": _matmul_at(0, 1),
    "bmm": _matmul_at(0, 1),
    "_scaled_mm": _matmul_at(0, 1),
    "_int_mm": _matmul_at(0, 1),
    "_grouped_mm": _grouped,
    "einsum": _einsum,
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrent),
    **dict.fromkeys(CONVOLUTIONS, _convolution),
    **dict.fromkeys(ATTENTION, _attention),
}


def product_of(call: Call) -> Product | None:
    """The product that `call` amounts to; None where it is none, or none that shapes tell."""
    describe = _SHAPES.get(base_name(call.name))
    return describe(call) if describe else None
