"""Moving example data to where a variant of a module lives."""

from __future__ import annotations

import itertools

import torch


def device_of(module: torch.nn.Module) -> torch.device:
    """The device of the module's first parameter or buffer; the processor where it has none."""
    for tensor in itertools.chain(module.parameters(), module.buffers()):
        return tensor.device
    return torch.device("cpu")


def dtype_of(module: torch.nn.Module) -> torch.dtype:
    """The first floating-point dtype among parameters and buffers; fp32 where there is none."""
    for tensor in itertools.chain(module.parameters(), module.buffers()):
        if tensor.dtype.is_floating_point:
            return tensor.dtype
    return torch.float32
