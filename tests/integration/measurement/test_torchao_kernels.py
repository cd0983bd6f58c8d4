"""The kernels that the projection adds for quantized layers, counted in the installed torchao."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torchao.quantization import (
    Int8DynamicActivationInt8WeightConfig,
    Int8WeightOnlyConfig,
    quantize_,
)

from advisor.projection.columns import DYNAMIC_KERNELS, WEIGHT_ONLY_KERNELS

PRODUCTS = {"mm", "addmm", "_int_mm"}
"""A quantized layer has one of these in the place of the float layer's: none is extra."""
NO_KERNEL = {"expand", "detach", "alias", "_unsafe_view"}
"""What moves no data, beside the operators that torch itself calls views."""


class KernelCounter(TorchDispatchMode):  # type: ignore[no-untyped-call] # PyTorch's is untyped
    """Names of the operators that start a kernel."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # PyTorch's is untyped
        self.names: list[str] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        name = func.overloadpacket.__name__
        if not func.is_view and name not in NO_KERNEL:
            self.names.append(name)
        return func(*args, **(kwargs or {}))


def kernels(layer: nn.Module) -> list[str]:
    counter = KernelCounter()
    with torch.no_grad(), counter:
        layer(torch.randn(4, 64))
    return counter.names


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (Int8WeightOnlyConfig(), WEIGHT_ONLY_KERNELS),
        (Int8DynamicActivationInt8WeightConfig(), DYNAMIC_KERNELS),
    ],
)
def test_kernels_that_quantization_adds_to_a_layer(config: Any, expected: float) -> None:
    plain = nn.Linear(64, 64)
    quantized = nn.Sequential(nn.Linear(64, 64))
    quantize_(quantized, config)
    names = kernels(quantized)
    assert sum(name in PRODUCTS for name in names) == 1
    assert len(names) - len(kernels(plain)) == expected, names
