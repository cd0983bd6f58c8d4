"""Peak memory of a forward pass, in the measure that the projection uses.

A peak is the stored parameters and buffers of the one module that ran, plus how far memory grew
above what was held before the run. So it compares with parameters + buffers + activations, though
baseline and variant, their inputs, and the libraries are in memory at the same time.
"""

from __future__ import annotations

import ctypes
import gc
import statistics
from collections.abc import Callable
from pathlib import Path

import torch

from advisor.measurement.size import stored_bytes
from advisor.telemetry.host import process_peak_bytes

_CLEAR_REFS = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""proc(5): writing 5 sets the process's peak resident size (VmHWM) to its current size."""
_RUNS = 3


def peak_bytes(
    module: torch.nn.Module, forward: Callable[[], object], device: torch.device
) -> int | None:
    """Stored bytes of `module` plus the growth over one `forward`; None where nothing can tell.

    On CUDA the allocator tells the growth to the byte. On the processor it is the growth of the
    resident size, in pages, as Linux keeps it; other systems cannot reset their peak.
    """
    growth = _cuda_growth(forward, device) if device.type == "cuda" else _resident_growth(forward)
    return None if growth is None else stored_bytes(module) + growth


def _cuda_growth(forward: Callable[[], object], device: torch.device) -> int:
    gc.collect()
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    forward()
    torch.cuda.synchronize(device)
    return torch.cuda.max_memory_allocated(device) - before


def _resident_growth(forward: Callable[[], object]) -> int | None:
    """The median of a few runs: the kernel adds up pages in batches, thread by thread."""
    gc.collect()
    growths = [_resident_growth_once(forward) for _ in range(_RUNS)]
    known = [growth for growth in growths if growth is not None]
    return int(statistics.median(known)) if len(known) == _RUNS else None


def _resident_growth_once(forward: Callable[[], object]) -> int | None:
    _return_free_memory()
    try:
        _CLEAR_REFS.write_text(_RESET_PEAK)
    except OSError:
        return None  # not Linux, or a container that does not permit it
    before = process_peak_bytes()
    forward()
    after = process_peak_bytes()
    return None if before is None or after is None else max(after - before, 0)


def _return_free_memory() -> None:
    """Give freed pages back, else a run fills those first and its growth does not show."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, other libraries do not
    if trim is not None:
        trim(0)
