"""What the calls that are nearly all of a model's return, where that follows from the arguments.

On tensors without data PyTorch works out each result in Python, which takes a tenth of a
millisecond; most calls are views and pointwise work. Pointwise work on tensors of one type is of
that type, has the shape of the largest, and lies as its arguments do; a matrix product has rows
and columns. Whatever else is asked is left to PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import torch

_aten = torch.ops.aten


class WithoutData(Protocol):
    """A way to have tensors that hold nothing."""

    def is_plain(self, value: object) -> bool:
        """Whether `value` is one of its tensors, strided, and nothing is known of its values."""

    def device_of(self, tensor: Any) -> torch.device: ...
    def dense(
        self, shape: Iterable[int], strides: Iterable[int] | None, dtype: torch.dtype, like: Any
    ) -> torch.Tensor:
        """A new tensor on the device of `like`, contiguous where no strides are given."""


Keywords = Mapping[str, Any]
ShortWay = Callable[[WithoutData, Sequence[Any], Keywords], Any]
"""Returns what the call returns; NotImplemented where PyTorch has to be asked."""


def _pointwise(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """A tensor of the shape that one argument has and the others fill.

    One that is turned around, as queries are, makes one that lies as it does.
    """
    first = args[0]
    shape, tensors = first.shape, []
    for each in args:
        if isinstance(each, torch.Tensor):
            if not _alike(kind, first, each):
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


def dense_strides(shape: Sequence[int], tensors: Sequence[Any]) -> tuple[int, ...]:
    """Those of the result of pointwise work on `tensors`, broadcast to `shape`, with no gaps.

    Dimensions lie in the order of the first tensor in which their strides differ, as PyTorch's
    TensorIterator sorts them; ones that were broadcast tell nothing.
    """
    strides = [_broadcast_strides(shape, each) for each in tensors]
    order = list(reversed(range(len(shape))))
    for start in range(1, len(order)):
        place = start
        for before in reversed(range(start)):
            told = _order(order[before], order[place], shape, strides)
            if told > 0:
                order[before], order[place] = order[place], order[before]
                place = before
            elif told < 0:
                break
    made, step = [0] * len(shape), 1
    for dimension in order:
        made[dimension] = step
        step *= max(shape[dimension], 1)
    return tuple(made)


def _broadcast_strides(shape: Sequence[int], tensor: Any) -> list[int]:
    missing = len(shape) - tensor.dim()
    own = [
        0 if size == 1 and full != 1 else stride
        for size, stride, full in zip(tensor.shape, tensor.stride(), shape[missing:], strict=True)
    ]
    return [0] * missing + own


def _order(inner: int, outer: int, shape: Sequence[int], strides: Sequence[Sequence[int]]) -> int:
    """Above 0 where the dimensions have to change places, 0 where nothing tells."""
    for each in strides:
        if not each[inner] or not each[outer]:
            continue
        if each[inner] != each[outer]:
            return each[inner] - each[outer]
        if shape[inner] > shape[outer]:
            return 1
    return 0


def _fills(shape: Sequence[int], larger: Sequence[int]) -> bool:
    """Whether a tensor of `shape` is broadcast to `larger`."""
    sizes = zip(reversed(shape), reversed(larger), strict=False)
    return len(shape) <= len(larger) and all(size in (1, full) for size, full in sizes)


def _pointwise_in_place(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """The first argument, whose shape the others have."""
    first = args[0]
    for each in args:
        if isinstance(each, torch.Tensor):
            if not _alike(kind, first, each) or each.shape != first.shape:
                return NotImplemented
        elif isinstance(each, complex):
            return NotImplemented
    return first


def _alike(kind: WithoutData, first: Any, other: Any) -> bool:
    """Of one floating-point type on one device."""
    return (
        kind.is_plain(other)
        and other.dtype is first.dtype
        and bool(first.dtype.is_floating_point)
        and kind.device_of(other) == kind.device_of(first)
    )


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
    if not _alike(kind, left, right) or left.shape[-1] != right.shape[-2]:
        return NotImplemented
    if left.shape[:-2] != right.shape[:-2]:
        return NotImplemented
    return kind.dense((*left.shape[:-1], right.shape[-1]), None, left.dtype, left)


def overloads(names: str) -> list[Any]:
    """The `name.overload` of each in `names`, as far as this PyTorch has them."""
    pairs = (each.split(".") for each in names.split())
    found = (getattr(getattr(_aten, name, None), overload, None) for name, overload in pairs)
    return [each for each in found if each is not None]


SHORT_WAYS: Mapping[Any, ShortWay] = {
    **dict.fromkeys(
        overloads(
            "add.Tensor sub.Tensor mul.Tensor div.Tensor mul.Scalar neg.default sqrt.default"
            " rsqrt.default reciprocal.default exp.default pow.Tensor_Scalar sin.default"
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
    **dict.fromkeys(overloads("mm.default bmm.default"), _matrices),
}
