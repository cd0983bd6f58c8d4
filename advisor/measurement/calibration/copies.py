"""How fast the host's memory and a device exchange data."""

from __future__ import annotations

import time

import torch

_BYTES = 256 * 2**20
_REPEATS = 5


def host_copy_bytes_per_s(on: torch.device) -> float | None:
    """The better direction of copies between pinned memory and the device; None on a processor."""
    if on.type != "cuda":
        return None
    host = torch.empty(_BYTES, dtype=torch.uint8, pin_memory=True)
    there = torch.empty(_BYTES, dtype=torch.uint8, device=on)
    return _BYTES / min(_seconds(there, host, on), _seconds(host, there, on))


def _seconds(target: torch.Tensor, source: torch.Tensor, on: torch.device) -> float:
    found = []
    for _ in range(_REPEATS):
        torch.cuda.synchronize(on)
        started = time.perf_counter()
        target.copy_(source, non_blocking=True)
        torch.cuda.synchronize(on)
        found.append(time.perf_counter() - started)
    return min(found)
