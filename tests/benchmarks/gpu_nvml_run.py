"""`python -m tests.benchmarks.gpu_nvml_run DEVICE` prints the checks of the driver as JSON.

It keeps the device busy and allocates on it, so it runs in a process that measures nothing else.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping

import msgspec
import torch

from advisor.measurement import device
from advisor.telemetry.reading import DeviceReading
from advisor.telemetry.sample import sample
from tests.benchmarks.gpu_nvml import (
    MIB,
    SMI_FIELDS,
    Check,
    against_smi,
    against_torch,
    ask_smi,
    compared,
    of_processes,
)

BUSY_S = 3.0
_GROWTH = 1024 * MIB


def keep_busy(on: torch.device, seconds: float) -> None:
    rows = torch.randn(8192, 8192, device=on, dtype=torch.float16)
    ends_at = time.perf_counter() + seconds
    while time.perf_counter() < ends_at:
        for _ in range(10):
            rows @ rows
        torch.cuda.synchronize(on)


def torch_figures(on: torch.device) -> dict[str, float | None]:
    """PyTorch asks NVML too, by its own position; memory it asks the CUDA runtime."""
    free, total = torch.cuda.mem_get_info(on)

    def asked(call: Callable[[torch.device], float], scale: float = 1.0) -> float | None:
        try:
            return call(on) * scale
        except (RuntimeError, ModuleNotFoundError):
            return None  # the driver has no such figure, or pynvml is not as torch wants it

    return {
        "memory total MiB": total / MIB,
        "memory used MiB": (total - free) / MIB,
        "utilisation %": asked(torch.cuda.utilization),
        "power W": asked(torch.cuda.power_draw, 1e-3),
        "temperature °C": asked(torch.cuda.temperature),
        "clock MHz": asked(torch.cuda.clock_rate),
    }


def growth(on: torch.device) -> Check:
    before = _here(on).memory_used_bytes
    held = torch.empty(_GROWTH, dtype=torch.uint8, device=on)
    torch.cuda.synchronize(on)
    after = _here(on).memory_used_bytes
    grown = None if before is None or after is None else (after - before) / MIB
    return compared("growth by an allocation MiB", grown, "torch", held.nbytes / MIB, 32)


def energy(on: torch.device, seconds: float = BUSY_S) -> Check:
    """The counter's rise against the mean of the power that was drawn, times the time."""
    keep_busy(on, 0.5)
    begun_at, before = time.perf_counter(), _here(on)
    drawn: list[float] = []
    while time.perf_counter() - begun_at < seconds:
        keep_busy(on, 0.1)
        now = _here(on)
        if now.power_w is not None:
            drawn.append(now.power_w)
    after, took_s = _here(on), time.perf_counter() - begun_at
    joules = None
    if before.energy_mj is not None and after.energy_mj is not None:
        joules = (after.energy_mj - before.energy_mj) / 1e3
    expected = sum(drawn) / len(drawn) * took_s if drawn else None
    return compared("energy J", joules, "power × time", expected, 0.15 * (expected or 0.0))


def _here(on: torch.device) -> DeviceReading:
    found = device.reading(on)
    if found is None:
        raise LookupError(f"{on}: the driver lists no device of its UUID (a MIG instance?)")
    return found


def checks(on: torch.device) -> Iterator[Check]:
    keep_busy(on, 1.5)
    ours, version = _here(on), sample().driver_version
    theirs = torch_figures(on)
    row = _same(ask_smi("gpu", SMI_FIELDS), ours)
    yield from against_torch(ours, theirs)
    if row is None:
        yield Check("all figures", None, "nvidia-smi", None, None, "nvidia-smi does not answer")
    else:
        yield from against_smi(ours, version, row)
    yield from of_processes(ours, os.getpid(), ask_smi("compute-apps", ("pid",)))
    yield growth(on)
    yield energy(on)


def _same(
    rows: list[dict[str, str | None]], ours: DeviceReading
) -> Mapping[str, str | None] | None:
    return next((row for row in rows if row["uuid"] == ours.uuid), None)


def main() -> int:
    found = list(checks(device.find(sys.argv[1])))
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
