"""Tensors of one number that is known, as the steps that an optimizer counts are.

Without data PyTorch keeps the number beside the tensor, works on it for real, and makes the tensor
anew each time, at a third of a millisecond a call; an optimizer has one for every parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch._subclasses import FakeTensor, FakeTensorMode
from torch.utils._mode_utils import no_dispatch

_CPU = torch.device("cpu")


def _lifted(mode: FakeTensorMode, args: Sequence[Any]) -> Any:
    """A tensor that `torch.tensor(number)` made."""
    (made,) = args
    if type(made) is not torch.Tensor or made.dim() or made.device != _CPU:
        return NotImplemented
    with no_dispatch():
        number = made.clone()
        empty = torch.empty((), dtype=made.dtype, device="meta")
    lifted = FakeTensor(mode, empty, _CPU, constant=number)
    mode.fake_tensor_converter.add_constant_storage_mapping(lifted)
    return lifted


def _told(mode: FakeTensorMode, args: Sequence[Any]) -> Any:
    """The number."""
    if not _is_known(mode, args[0]):
        return NotImplemented
    with no_dispatch():
        return args[0].constant.item()


def _counted_up(mode: FakeTensorMode, args: Sequence[Any]) -> Any:
    """The tensor itself, a number further."""
    if not _is_known(mode, args[0]) or type(args[1]) not in (int, float):
        return NotImplemented
    with no_dispatch():
        args[0].constant.add_(args[1])
    return args[0]


def _is_known(mode: FakeTensorMode, tensor: object) -> bool:
    return type(tensor) is FakeTensor and tensor.fake_mode is mode and tensor.constant is not None


OF_KNOWN_NUMBERS: Mapping[Any, Callable[[FakeTensorMode, Sequence[Any]], Any]] = {
    torch.ops.aten.lift_fresh.default: _lifted,
    torch.ops.aten._local_scalar_dense.default: _told,  # noqa: SLF001 - its name
    torch.ops.aten.add_.Tensor: _counted_up,
}
"""For each call what it returns; NotImplemented where PyTorch has to be asked."""
