"""Bytes of parameters and buffers as they are stored, quantized ones included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

import torch

from advisor.profiling.ledger import plain_tensors


def stored_bytes(module: torch.nn.Module) -> int:
    """Bytes that parameters and buffers take, what is shared counted once."""
    return held_bytes((*module.parameters(), *module.buffers()))


def held_bytes(owners: Iterable[torch.Tensor]) -> int:
    """Bytes of tensors, with all that they wrap.

    A storage counts with the tensors that lie in it, not beyond its own size: tensors that are
    views of one file count their own bytes, tensors that overlap do not count twice.
    """
    tensors: dict[Hashable, dict[Hashable, int]] = defaultdict(dict)
    storages: dict[Hashable, int] = {}
    for owner in owners:
        for tensor in plain_tensors(owner):
            storage = tensor.untyped_storage()
            place = (tensor.device, storage.data_ptr())
            extent = (tensor.storage_offset(), tensor.shape, tensor.stride(), tensor.dtype)
            storages[place] = storage.nbytes()
            tensors[place][extent] = tensor.nbytes
    return sum(min(size, sum(tensors[place].values())) for place, size in storages.items())
