"""Convolutions that can be traced: of tensors without values, and with a padding by name.

On the meta device `aten::convolution` is Python, which a trace follows inside, where sizes are
tensors, and breaks. `aten::_convolution`, which a trace of real tensors records, gives meta
tensors their shape in C++; so it is called in the place of the public functions. A padding by
name (`same`, `valid`) would be traced as an operator of its own that fvcore does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import torch
from torch import library
from torch.nn import functional

_CUDNN_FLAGS = (False, False, False, False)
"""benchmark, deterministic, cudnn_enabled, allow_tf32: they choose a kernel, not a shape."""


@contextmanager
def convolutions_under_tracing() -> Iterator[None]:
    """Let every convolution be traced as `aten::_convolution`."""
    with ExitStack() as patches:
        patches.enter_context(_meta_kernel())
        for dimensions in (1, 2, 3):
            for name, traceable in (
                (f"conv{dimensions}d", _convolution),
                (f"conv_transpose{dimensions}d", _transposed_convolution),
            ):
                call = traceable(dimensions, getattr(torch, name))
                for place in (torch, functional):
                    patches.enter_context(mock.patch.object(place, name, call))
        yield


@contextmanager
def _meta_kernel() -> Iterator[None]:
    """Shapes for what `aten::_convolution` of meta tensors calls, which not every PyTorch has."""
    name = "convolution_overrideable"
    if torch._C._dispatch_has_kernel_for_dispatch_key(f"aten::{name}", "Meta"):  # noqa: SLF001 - no public question
        yield
        return
    with library._scoped_library("aten", "IMPL") as kernels:  # noqa: SLF001 - taken back after
        kernels.impl(name, torch.ops.aten.convolution.default, "Meta")
        yield


def _convolution(dimensions: int, original: Callable[..., Any]) -> Callable[..., Any]:
    def call(
        input: torch.Tensor,  # noqa: A002 - the public function's own name, which callers may use
        weight: torch.Tensor,
        bias: torch.Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Any:
        if input.device.type != "meta" and not isinstance(padding, str):
            return original(input, weight, bias, stride, padding, dilation, groups)
        spread = _each(dilation, dimensions)
        source, around = _padded(input, weight, padding, spread)
        return _traceable(
            source, weight, bias, _each(stride, dimensions), _each(around, dimensions), spread,
            None, groups,
        )  # fmt: skip

    return call


def _transposed_convolution(dimensions: int, original: Callable[..., Any]) -> Callable[..., Any]:
    def call(
        input: torch.Tensor,  # noqa: A002 - the public function's own name, which callers may use
        weight: torch.Tensor,
        bias: torch.Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Any:
        if input.device.type != "meta":
            return original(
                input, weight, bias, stride, padding, output_padding, groups, dilation
            )  # fmt: skip
        return _traceable(
            input, weight, bias, _each(stride, dimensions), _each(padding, dimensions),
            _each(dilation, dimensions), _each(output_padding, dimensions), groups,
        )  # fmt: skip

    return call


def _traceable(
    source: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    output_padding: list[int] | None,
    groups: int,
) -> torch.Tensor:
    """`aten::_convolution`; `output_padding` is given where the convolution is transposed."""
    transposed = output_padding is not None
    between = output_padding or [0] * len(stride)
    batched = source.dim() == weight.dim()
    result = torch._convolution(  # noqa: SLF001 - the one that a trace records
        source if batched else source.unsqueeze(0), weight, bias, stride, padding, dilation,
        transposed, between, int(groups), *_CUDNN_FLAGS,
    )  # fmt: skip
    return result if batched else result.squeeze(0)


def _each(value: int | Sequence[int], dimensions: int) -> list[int]:
    """One number for each dimension; a single one stands for all, alone or in a list."""
    # Sizes that a model computes while it is traced are tensors.
    values = [int(each) for each in value] if isinstance(value, (list, tuple)) else [int(value)]  # type: ignore[arg-type] # a tensor or an int
    return values * dimensions if len(values) == 1 else values


def _padded(
    source: torch.Tensor, weight: torch.Tensor, padding: Any, dilation: list[int]
) -> tuple[torch.Tensor, Any]:
    """`source` and the padding in numbers; an uneven `same` is added before the convolution."""
    if not isinstance(padding, str):
        return source, padding
    if padding == "valid":
        return source, 0
    totals = [
        spread * (int(size) - 1) for spread, size in zip(dilation, weight.shape[2:], strict=True)
    ]
    if not any(total % 2 for total in totals):
        return source, [total // 2 for total in totals]
    # `pad` wants the last dimension first.
    sides = [side for total in reversed(totals) for side in (total // 2, total - total // 2)]
    return functional.pad(source, sides), 0
