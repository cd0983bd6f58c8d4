"""The device that a measurement runs on: what torch calls it, and what its driver says of it."""

from __future__ import annotations

from collections.abc import Callable

import torch

from advisor.errors import UsageError
from advisor.measurement.timing import Stopwatch
from advisor.telemetry.host import processor_clock_mhz
from advisor.telemetry.reading import DeviceReading
from advisor.telemetry.sample import sample

_ENERGY_SPAN_S = 1.0
"""Long enough that a counter that moves every 100 ms tells one run of the device from rest."""


def find(name: str) -> torch.device:
    """The device called `name`; UsageError where there is none such, with those there are."""
    count = torch.cuda.device_count()
    choices = ["cpu", *(["cuda"] if count else []), *(f"cuda:{index}" for index in range(count))]
    if name not in choices:
        raise UsageError(f"device {name!r}: not on this machine; choose from {', '.join(choices)}")
    return torch.device(name)


def energy_j(stopwatch: Stopwatch, forward: Callable[[], object], latency_s: float) -> float | None:
    """Joules of one forward pass, from the driver's counter around about a second of them.

    It is the whole device's energy, idle power included. None on the processor, and where the
    driver keeps no counter for this device alone.
    """
    before = reading(stopwatch.device)
    if before is None or before.energy_mj is None or before.mig_enabled:
        return None
    runs = max(1, round(_ENERGY_SPAN_S / latency_s))
    for _ in range(runs):
        stopwatch.time_s(forward)
    after = reading(stopwatch.device)
    if after is None or after.energy_mj is None:
        return None
    return (after.energy_mj - before.energy_mj) / 1000 / runs


def clock_mhz(device: torch.device) -> float | None:
    """The clock of the device's processors now; None where its driver or the system is silent."""
    if device.type != "cuda":
        return processor_clock_mhz()
    now = reading(device)
    return None if now is None else now.clock_mhz


def memory_used_bytes(device: torch.device) -> int | None:
    """What is in use on the device by anyone; None on the processor.

    Where the driver does not tell (parts that share the host's memory), torch's own query does.
    """
    if device.type != "cuda":
        return None
    now = reading(device)
    if now is not None and now.memory_used_bytes is not None:
        return now.memory_used_bytes
    free, total = torch.cuda.mem_get_info(device)
    return total - free


def reading(device: torch.device) -> DeviceReading | None:
    """The driver's figures for `device`, found by UUID; None on the processor or where it is not.

    The position tells nothing: the driver ignores CUDA_VISIBLE_DEVICES.
    """
    if device.type != "cuda":
        return None
    uuid = str(torch.cuda.get_device_properties(device).uuid)
    found = (each for each in sample().devices if each.uuid is not None)
    return next((each for each in found if each.uuid and each.uuid.endswith(uuid)), None)
