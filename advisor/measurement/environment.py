"""Where a measurement was taken."""

from __future__ import annotations

import platform

import torch

from advisor.measurement.result import Environment
from advisor.measurement.versions import installed_versions
from advisor.telemetry.host import load_average, processor_name, usable_cores


def describe(
    device: torch.device, clock_mhz: tuple[float | None, float | None] = (None, None)
) -> Environment:
    """`clock_mhz` is the device's before and after the timing."""
    load = load_average()
    return Environment(
        device=str(device),
        device_name=device_name(device),
        platform=platform.platform(),
        python=platform.python_version(),
        torch=str(torch.__version__),
        threads=torch.get_num_threads(),
        versions=installed_versions(),
        threads_between_operators=torch.get_num_interop_threads(),
        clock_mhz=clock_mhz,
        load_average=None if load is None else load[0],
        cores=usable_cores(),
    )


def device_name(device: torch.device) -> str:
    """What its driver or the system calls it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return processor_name() or "a processor that the system does not name"
