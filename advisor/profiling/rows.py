"""One call → one operator row: which bytes it reads and writes, and its sizes.

Only matrix products, convolutions and attention carry multiply-adds. Norms, pointwise work and
reductions are bound by their traffic; their few FLOPs are kept apart, see `arithmetic`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from advisor.profiling.arithmetic import other_flops
from advisor.profiling.calls import Call, TensorFact
from advisor.profiling.kinds import WorkKind, base_name, names_in, work_kind
from advisor.profiling.matrix import Product
from advisor.profiling.profile import Operator, OperatorKind

_GATHERS = names_in(
    "index index_select gather take_along_dim embedding embedding_bag _embedding_bag"
    " _embedding_bag_forward_only"
    " masked_select _unsafe_index"
)
"""Read only the rows that they return, whatever the size of the table."""
_FILLS = names_in("arange zeros ones full zeros_like ones_like full_like fill zero")
"""Write without reading."""
_CASTS = names_in("to _to_copy type_as float half double")
_DROPOUTS = names_in("dropout feature_dropout alpha_dropout feature_alpha_dropout")


def is_shape_arithmetic(fact: TensorFact) -> bool:
    """Whether a traced tensor stands for an integer of some shape, not for data."""
    return not fact.shape and not (fact.dtype.is_floating_point or fact.dtype.is_complex)


def kind_of(call: Call) -> WorkKind:
    """The kind of this call; operators that no table knows count as pointwise work."""
    base = base_name(call.name)
    source = next(call.tensors(), None)
    if source is None or not call.outputs:
        return work_kind(call.name) or "view"
    output = call.outputs[0]
    if base in _CASTS:
        return "copy" if output.dtype != source.dtype else "view"
    if base in ("contiguous", "reshape", "flatten"):
        return "view" if _viewable(source, output.shape) else "copy"
    if base in _DROPOUTS and not call.argument(2):
        return "view"
    return work_kind(call.name) or "elementwise"


def _viewable(source: TensorFact, shape: Sequence[int]) -> bool:
    """Whether `source` can be seen in `shape` with no copy, asked of PyTorch itself."""
    layout = torch.empty_strided(source.shape, source.strides, device="meta")
    if tuple(shape) == source.shape:
        return layout.is_contiguous()
    try:
        layout.view(tuple(shape))
    except RuntimeError:
        return False
    return True


def operator_row(call: Call, kind: OperatorKind, product: Product | None) -> Operator:
    """The row of `call`; its pruning exponent is known only once the whole phase is."""
    weight_bytes, input_bytes = _read_bytes(call, product)
    counted = call.multiply_adds
    if counted is None:
        counted = product.multiply_adds if product else 0
    return Operator(
        module=call.module,
        name=base_name(call.name),
        kind=kind,
        dtype=_operand_dtype(call),
        multiply_adds=counted,
        weight_bytes=weight_bytes,
        input_bytes=input_bytes,
        output_bytes=_written_bytes(call, kind),
        m=product.m if product else None,
        n=product.n if product else None,
        k=product.k if product else None,
        batch=product.batch if product else 1,
        other_flops=other_flops(call, kind, product),
    )


def _read_bytes(call: Call, product: Product | None) -> tuple[int, int]:
    """Bytes of weights and of other inputs that the call reads, each tensor once."""
    base = base_name(call.name)
    if base in _FILLS:
        return 0, 0
    tensors = {each.key: each for each in call.tensors()}.values()
    if base == "copy":
        tensors = {each.key: each for each in list(call.tensors())[1:]}.values()
    if base in _GATHERS:
        table = next(call.tensors()).key
        indices = sum(each.stored_bytes for each in tensors if each.key != table)
        return 0, indices + sum(each.stored_bytes for each in call.outputs)
    weights = sum(each.stored_bytes for each in tensors if each.weight)
    others = sum(each.stored_bytes for each in tensors if not each.weight)
    return math.ceil(weights * (product.weight_fraction if product else 1.0)), others


def _written_bytes(call: Call, kind: OperatorKind) -> int:
    # Attention kernels also return what only a backward pass or a random state needs.
    outputs = call.outputs[:1] if kind == "attention" else call.outputs
    return sum(each.stored_bytes for each in outputs)


def _operand_dtype(call: Call) -> str:
    """The type that the arithmetic runs in: that of the first operand which is not an index."""
    facts = [*call.tensors(), *call.outputs]
    chosen = next((each for each in facts if each.dtype.is_floating_point), facts[0])
    return str(chosen.dtype).removeprefix("torch.")
