"""Peak memory of a forward pass, in the measure that the projection uses.

A peak is the stored parameters and buffers of the one module that ran, its inputs, and how far
memory grew above what was held before the run. So it compares with parameters + buffers +
activations, though baseline and variant and the libraries are in memory at the same time.

Growth is what PyTorch's allocator gave out, to the byte, on every device. Of the processor the
growth of the resident size is told beside it: it has what libraries take for themselves, in pages,
and changes by a megabyte from run to run.
"""

from __future__ import annotations

import ctypes
import gc
import os
import statistics
from collections.abc import Callable, Iterable
from pathlib import Path

import torch

from advisor.measurement.size import held_bytes, stored_bytes
from advisor.telemetry.host import process_peak_bytes

_CLEAR_REFS = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""proc(5): writing 5 sets the process's peak resident size (VmHWM) to its current size."""
_RUNS = 3
_MEMORY_EVENT = "[memory]"


def peak_bytes(
    module: torch.nn.Module,
    forward: Callable[[], object],
    device: torch.device,
    inputs: Iterable[torch.Tensor] = (),
) -> int:
    """Stored bytes of `module` and `inputs` plus what the allocator gave out in one `forward`.

    Inputs that are a part of a data set count their own bytes, not those of the whole set.
    """
    growth = _cuda_growth(forward, device) if device.type == "cuda" else _host_growth(forward)
    return stored_bytes(module) + held_bytes(inputs) + growth


def _cuda_growth(forward: Callable[[], object], device: torch.device) -> int:
    gc.collect()
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    forward()
    torch.cuda.synchronize(device)
    return torch.cuda.max_memory_allocated(device) - before


def _host_growth(forward: Callable[[], object]) -> int:
    """The allocator of the processor keeps no peak; its profiler sees every block come and go."""
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # else it announces itself on standard error
    from torch.profiler import ProfilerActivity, profile

    gc.collect()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        forward()
    found = seen.profiler
    assert found is not None
    assert found.kineto_results is not None
    events = [each for each in found.kineto_results.events() if each.name() == _MEMORY_EVENT]
    held = highest = 0
    for event in sorted(events, key=lambda each: each.start_ns()):
        held += event.nbytes()
        highest = max(highest, held)
    return highest


def resident_growth_bytes(forward: Callable[[], object]) -> int | None:
    """How far the resident size grows over one `forward`; None where the system cannot tell.

    The median of a few runs: the kernel adds up pages in batches, thread by thread.
    """
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
