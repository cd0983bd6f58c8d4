"""What the calls that are nearly all of a model's return, where that follows from the arguments.

On tensors without data PyTorch works out each result in Python, which takes a tenth of a
millisecond; most calls are views and pointwise work. Pointwise work on tensors of one type is of
that type, has the shape of the largest, and lies as its arguments do; a matrix product has rows
and columns. Whatever else is asked is left to PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from advisor.profiling import short_ways_over_lists, short_ways_rearranged
from advisor.profiling.without_data import (
    Keywords,
    ShortWay,
    WithoutData,
    alike,
    dense_strides,
    overloads,
)


def _pointwise(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """A tensor of the shape that one argument has and the others fill.

    One that is turned around, as queries are, makes one that lies as it does.
    """
    first = args[0]
    shape, tensors = first.shape, []
    for each in args:
        if isinstance(each, torch.Tensor):
            if not alike(kind, first, each):
                return NotImplemented
            if _fills(shape, each.shape):
                shape = each.shape
            elif not _fills(each.shape, shape):
                return NotImplemented
            tensors.append(each)
        elif isinstance(each, complex):
            return NotImplemented
    if all(each.is_contiguous() for each in tensors):
        return kind.dense(shape, None, first.dtype, first)
    return kind.dense(shape, dense_strides(shape, tensors), first.dtype, first)


def _fills(shape: Sequence[int], larger: Sequence[int]) -> bool:
    """Whether a tensor of `shape` is broadcast to `larger`."""
    sizes = zip(reversed(shape), reversed(larger), strict=False)
    return len(shape) <= len(larger) and all(size in (1, full) for size, full in sizes)


def _pointwise_in_place(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """The first argument, whose shape the others have."""
    first = args[0]
    for each in args:
        if isinstance(each, torch.Tensor):
            if not alike(kind, first, each) or each.shape != first.shape:
                return NotImplemented
        elif isinstance(each, complex):
            return NotImplemented
    return first


def _whole_quotients(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """Whole numbers over one whole number."""
    first, divisor = args
    if keywords or first.dtype is not torch.int64 or type(divisor) is not int:
        return NotImplemented
    if not first.is_contiguous():
        return NotImplemented
    return kind.dense(first.shape, None, first.dtype, first)


_OF_THE_SAME: Keywords = {
    "layout": torch.strided, "pin_memory": False, "memory_format": torch.preserve_format,
}  # fmt: skip


def _another(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """A contiguous tensor of the same shape on the same device, of another type if asked for."""
    options = {name: value for name, value in keywords.items() if name != "non_blocking"}
    dtype = options.pop("dtype", None) or args[0].dtype
    device = options.pop("device", None) or kind.device_of(args[0])
    same = all(value is None or value == _OF_THE_SAME.get(name) for name, value in options.items())
    if len(args) > 1 or not same or device != kind.device_of(args[0]):
        return NotImplemented
    if not args[0].is_contiguous():
        return NotImplemented
    return kind.dense(args[0].shape, None, dtype, args[0])


def _matrices(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """One row for each of the first, one column for each of the second."""
    left, right = args
    if not alike(kind, left, right) or left.shape[-1] != right.shape[-2]:
        return NotImplemented
    if left.shape[:-2] != right.shape[:-2]:
        return NotImplemented
    return kind.dense((*left.shape[:-1], right.shape[-1]), None, left.dtype, left)


SHORT_WAYS: Mapping[Any, ShortWay] = {
    **dict.fromkeys(
        overloads(
            "add.Tensor sub.Tensor mul.Tensor div.Tensor mul.Scalar neg.default sqrt.default"
            " div.Scalar rsqrt.default reciprocal.default exp.default pow.Tensor_Scalar sin.default"
            " cos.default tanh.default sigmoid.default relu.default silu.default gelu.default"
            " silu_backward.default gelu_backward.default sigmoid_backward.default"
            " tanh_backward.default threshold_backward.default"
        ),
        _pointwise,
    ),
    **dict.fromkeys(
        overloads(
            "add_.Tensor sub_.Tensor mul_.Tensor div_.Tensor addcmul_.default addcdiv_.default"
            " lerp_.Scalar"
        ),
        _pointwise_in_place,
    ),
    **dict.fromkeys(
        overloads("_to_copy.default empty_like.default zeros_like.default ones_like.default"),
        _another,
    ),
    **dict.fromkeys(overloads("floor_divide.default"), _whole_quotients),
    **dict.fromkeys(overloads("mm.default bmm.default"), _matrices),
    **short_ways_rearranged.WAYS,
    **short_ways_over_lists.WAYS,
}
