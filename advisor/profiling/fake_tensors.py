"""Tensors without data, made faster than PyTorch makes them where nothing has to be worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch._subclasses import FakeTensor, FakeTensorMode
from torch._subclasses.fake_tensor import in_kernel_invocation_manager
from torch.utils._python_dispatch import TorchDispatchMode

from advisor.profiling.known_numbers import OF_KNOWN_NUMBERS
from advisor.profiling.short_ways import SHORT_WAYS
from advisor.profiling.without_data import overloads

_DEVICE = torch.ops.prim.device.default
_NEW = torch.ops.aten.empty_strided.default
_OPTIONS_OF_NEW = {"dtype", "device", "pin_memory"}
_VIEW = torch.ops.aten.view.default
_VIEWS = {
    each: each
    for each in overloads(
        "view.default t.default transpose.int permute.default slice.Tensor select.int"
        " expand.default unsqueeze.default squeeze.dim squeeze.default detach.default alias.default"
        " split.Tensor split_with_sizes.default"
    )
}
_VIEWS.update(dict.fromkeys(overloads("_unsafe_view.default"), _VIEW))
"""Each view, and the call that shows the same: `_unsafe_view` differs to autograd alone."""


class FakeTensors(FakeTensorMode):  # type: ignore[no-untyped-call] # PyTorch's is untyped
    """`FakeTensorMode` with short ways for the calls that are nearly all of a model's.

    It looks each call up by the layouts of all its tensors, which takes longer than to see that
    a view is that of the tensor beneath. With `allow_real`, tensors with values may be mixed in: a
    loss closes over data of its own.
    """

    def __init__(self, *, allow_real: bool = False) -> None:
        super().__init__(allow_non_fake_inputs=allow_real)

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Nothing is compiled under it; the guard against that costs each call.
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        if args and self.is_plain(_first(args[0])):
            if func is _DEVICE:
                return args[0].fake_device
            if func in _VIEWS and not kwargs:
                return self._view(_VIEWS[func], args)
            if func in SHORT_WAYS:
                made = SHORT_WAYS[func](self, args, kwargs or {})
                if made is not NotImplemented:
                    return made
        if func in OF_KNOWN_NUMBERS and not kwargs:
            made = OF_KNOWN_NUMBERS[func](self, args)
            if made is not NotImplemented:
                return made
        if func is _NEW and kwargs and kwargs.keys() == _OPTIONS_OF_NEW:
            return self._new(*args, **kwargs)
        return super().__torch_dispatch__(func, types, args, kwargs or {})

    def is_plain(self, value: object) -> bool:
        """Whether it is a fake tensor of this mode that does not stand for a known number."""
        return (
            type(value) is FakeTensor
            and value.fake_mode is self
            and value.constant is None
            and value.layout is torch.strided
        )

    def device_of(self, tensor: Any) -> torch.device:
        device: torch.device = tensor.fake_device
        return device

    def dense(
        self, shape: Iterable[int], strides: Iterable[int] | None, dtype: torch.dtype, like: Any
    ) -> torch.Tensor:
        return FakeTensor(self, _on_meta(shape, strides, dtype), like.fake_device)

    def _new(
        self,
        shape: Iterable[int],
        strides: Iterable[int],
        *,
        dtype: torch.dtype,
        device: torch.device,
        pin_memory: bool,
    ) -> torch.Tensor:
        return FakeTensor(self, _on_meta(shape, strides, dtype), device)

    def _view(self, func: Any, args: Sequence[Any]) -> Any:
        device = args[0].fake_device
        with in_kernel_invocation_manager(self):
            made = func(*args)
            if isinstance(made, torch.Tensor):
                return FakeTensor(self, made, device)
            return [FakeTensor(self, each, device) for each in made]


class MetaTensors(TorchDispatchMode):  # type: ignore[no-untyped-call] # PyTorch's is untyped
    """Short ways for tensors on the meta device, whose kernels are Python too."""

    supports_higher_order_operators = True  # They pass.

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # PyTorch's is untyped

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        if func in SHORT_WAYS and args and self.is_plain(_first(args[0])):
            made = SHORT_WAYS[func](self, args, kwargs or {})
            if made is not NotImplemented:
                return made
        return func(*args, **(kwargs or {}))

    def is_plain(self, value: object) -> bool:
        """Whether it is a tensor on the meta device and of no type of its own."""
        return (
            type(value) in (torch.Tensor, torch.nn.Parameter)
            and value.is_meta  # type: ignore[attr-defined] # a tensor by the line before
            and value.layout is torch.strided  # type: ignore[attr-defined]
        )

    def device_of(self, tensor: Any) -> torch.device:
        device: torch.device = tensor.device
        return device

    def dense(
        self, shape: Iterable[int], strides: Iterable[int] | None, dtype: torch.dtype, like: Any
    ) -> torch.Tensor:
        return _on_meta(shape, strides, dtype)


def _first(value: Any) -> Any:
    """The first of a list."""
    return value[0] if type(value) is list and value else value


def _on_meta(
    shape: Iterable[int], strides: Iterable[int] | None, dtype: torch.dtype
) -> torch.Tensor:
    if strides is None:
        return torch.empty(tuple(shape), dtype=dtype, device="meta")
    return torch.empty_strided(tuple(shape), tuple(strides), dtype=dtype, device="meta")
