"""Tensors that hold nothing, and what short ways to the results of calls on them share."""

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


def alike(kind: WithoutData, first: Any, other: Any) -> bool:
    """Of one floating-point type on one device."""
    return (
        kind.is_plain(other)
        and other.dtype is first.dtype
        and bool(first.dtype.is_floating_point)
        and kind.device_of(other) == kind.device_of(first)
    )


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


def overloads(names: str) -> list[Any]:
    """The `name.overload` of each in `names`, as far as this PyTorch has them."""
    pairs = (each.split(".") for each in names.split())
    found = (getattr(getattr(_aten, name, None), overload, None) for name, overload in pairs)
    return [each for each in found if each is not None]
