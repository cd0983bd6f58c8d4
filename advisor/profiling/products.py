"""The matrix product that an operator amounts to, from the shapes of its tensors.

Multiply-adds are counted, so FLOPs are twice as many. Attention is counted as the full
square of query and key tokens even where it is causal, as dense kernels and every common FLOP
counter do; grouped queries share keys, which saves bytes and no multiply-adds. A mixture counts
the experts that its tokens are sent to. What else is computed is counted in `arithmetic`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from advisor.profiling.calls import Call
from advisor.profiling.contractions import einsum, multi_dot, tensordot
from advisor.profiling.fused_layers import encoder_layer, native_attention, recurrent
from advisor.profiling.kinds import ATTENTION, CONVOLUTIONS, base_name
from advisor.profiling.matrix import Product, matrix_product, sized_product


def _matmul_at(first: int, second: int) -> Callable[[Call], Product]:
    return lambda call: matrix_product(call.arguments[first].shape, call.arguments[second].shape)


def _linear(call: Call) -> Product:
    inputs, weight = call.arguments[0].shape, call.arguments[1].shape
    columns = weight[0] if len(weight) == 2 else 1
    return sized_product(math.prod(inputs[:-1]), columns, inputs[-1])


def _packed_linear(call: Call) -> Product:
    """A weight in a kernel's own layout: the columns are those of the output."""
    inputs, output = call.arguments[0].shape, call.outputs[0].shape
    return sized_product(math.prod(inputs[:-1]), output[-1], inputs[-1])


def _against_rows(call: Call) -> Product:
    """Every row of one operand with every row of the other: `inner`, `cdist`."""
    left, right = call.arguments[0].shape, call.arguments[1].shape
    if len(left) == 1 or len(right) == 1:
        return sized_product(math.prod(left[:-1]), math.prod(right[:-1]), left[-1])
    return matrix_product(left, (*right[:-2], right[-1], right[-2]))


def _bilinear(call: Call) -> Product:
    """Rows of the first input by the weight (out, in₁, in₂), then by those of the second."""
    rows = math.prod(call.arguments[0].shape[:-1])
    out, first, second = call.arguments[2].shape
    return Product(rows * out * second * (first + 1))


def _grouped(call: Call) -> Product:
    """`_grouped_mm`: rows sorted by expert, each against one expert's matrix (E, K, N)."""
    rows, experts = call.arguments[0].shape, call.arguments[1].shape
    if len(rows) == 2 and len(experts) == 3:
        read = min(rows[0], experts[0]) / experts[0]
        return sized_product(rows[0], experts[-1], rows[1], weight_fraction=read)
    if len(rows) == 3 and len(experts) == 3:
        return matrix_product(rows, experts)
    return sized_product(rows[-2], experts[-1], rows[-1])


def _convolution(call: Call) -> Product:
    """Positions × (input channels of a group × kernel) × output channels of a group, by group.

    A transposed convolution multiplies at each input position: its weight is
    (input channels, output channels of a group, *kernel).
    """
    inputs, weight = call.arguments[0].shape, call.arguments[1].shape
    transposed, outputs = bool(call.argument(6)), call.outputs[0].shape
    # Not from the call: a model may compute the number of groups, which a trace does not tell.
    groups = outputs[1] // weight[1] if transposed else inputs[1] // weight[1]
    positions = inputs[0] * math.prod((inputs if transposed else outputs)[2:])
    if transposed:
        return sized_product(positions, math.prod(weight[1:]), weight[0] // groups, groups)
    return sized_product(positions, weight[0] // groups, math.prod(weight[1:]), groups)


def _affine_grid(call: Call) -> Product:
    """Every position, written with a 1 behind it, by the matrix of its sample."""
    matrices, grid = call.arguments[0].shape, call.outputs[0].shape
    return sized_product(math.prod(grid[1:-1]), matrices[1], matrices[2], matrices[0])


def _attention(call: Call) -> Product:
    query, key, value = (call.arguments[position].shape for position in range(3))
    batch, m, n, k = math.prod(query[:-2]), query[-2], key[-2], query[-1]
    return Product(batch * m * n * (k + value[-1]), m, n, k, batch)


_SHAPES: dict[str, Callable[[Call], Product | None]] = {
    "linear": _linear,
    **dict.fromkeys(("addmm", "addmv", "baddbmm", "addbmm", "_addmm_activation"), _matmul_at(1, 2)),
    **dict.fromkeys(
        ("mm", "mv", "dot", "vdot", "matmul", "linalg_matmul", "bmm", "_scaled_mm", "_scaled_mm_v2",
         "_int_mm"),
        _matmul_at(0, 1),
    ),
    **dict.fromkeys(
        ("_weight_int8pack_mm", "_weight_int4pack_mm", "_weight_int4pack_mm_for_cpu",
         "_dyn_quant_matmul_4bit", "mkldnn_linear"),
        _packed_linear,
    ),
    **dict.fromkeys(
        ("_grouped_mm", "_scaled_grouped_mm", "_scaled_grouped_mm_v2", "grouped_mm_fallback"),
        _grouped,
    ),
    **dict.fromkeys(("inner", "cdist", "_cdist_forward", "_euclidean_dist"), _against_rows),
    "bilinear": _bilinear,
    "einsum": einsum,
    "tensordot": tensordot,
    "linalg_multi_dot": multi_dot,
    "affine_grid_generator": _affine_grid,
    "_native_multi_head_attention": native_attention,
    "_transformer_encoder_layer_fwd": encoder_layer,
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), recurrent),
    **dict.fromkeys(CONVOLUTIONS, _convolution),
    **dict.fromkeys(ATTENTION, _attention),
}  # fmt: skip


def product_of(call: Call) -> Product | None:
    """The product that `call` amounts to; None where it is none, or none that shapes tell."""
    describe = _SHAPES.get(base_name(call.name))
    return describe(call) if describe else None
