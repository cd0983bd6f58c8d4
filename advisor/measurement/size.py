"""Bytes of parameters and buffers as they are stored, quantized ones included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator

import torch
from torch.utils._python_dispatch import is_traceable_wrapper_subclass


def stored_bytes(module: torch.nn.Module) -> int:
    """Bytes that parameters and buffers take, what is shared counted once.

    A storage counts with the tensors that lie in it, not beyond its own size: tensors that are
    views of one file count their own bytes, tensors that overlap do not count twice.
    """
    tensors: dict[Hashable, dict[Hashable, int]] = defaultdict(dict)
    storages: dict[Hashable, int] = {}
    for owner in (*module.parameters(), *module.buffers()):
        for tensor in _plain_tensors(owner):
            storage = tensor.untyped_storage()
            place = (tensor.device, storage.data_ptr())
            extent = (tensor.storage_offset(), tensor.shape, tensor.stride(), tensor.dtype)
            storages[place] = storage.nbytes()
            tensors[place][extent] = tensor.nbytes
    return sum(min(size, sum(tensors[place].values())) for place, size in storages.items())


def _plain_tensors(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """The tensors that hold the data of `tensor`: for a quantized one, integers and scales."""
    if not is_traceable_wrapper_subclass(tensor):
        yield tensor
        return
    names, _ = tensor.__tensor_flatten__()
    for name in names:
        yield from _plain_tensors(getattr(tensor, name))
