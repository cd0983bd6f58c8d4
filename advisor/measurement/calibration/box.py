"""Which box a calibration is of: it holds for this device, driver, PyTorch and thread count."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

from advisor.catalog.hardware import Calibration
from advisor.telemetry.machine import Machine

NO_DRIVER = "none"
_UNNAMED = "a device that the system does not name"


@dataclass(frozen=True)
class Box:
    """What must be the same for a calibration to hold. `threads` are PyTorch's on a processor."""

    device: str
    driver: str
    torch: str
    threads: int


def this_box(machine: Machine) -> Box:
    """This box as its first device sees it, told without importing PyTorch."""
    if machine.devices:
        return Box(
            machine.devices[0].name or _UNNAMED,
            machine.driver_version or NO_DRIVER,
            _torch_version(),
            _threads(),
        )
    return Box(machine.processor_name or _UNNAMED, NO_DRIVER, _torch_version(), _threads())


def changes(then: Calibration, now: Box) -> tuple[str, ...]:
    """What has changed since the calibration, in words; empty where it still holds."""
    return tuple(
        f"{field.name} was {getattr(then, field.name)}, now {getattr(now, field.name)}"
        for field in fields(Box)
        if getattr(then, field.name) != getattr(now, field.name)
    )


def _torch_version() -> str:
    import importlib.metadata

    return importlib.metadata.version("torch")


def _threads() -> int:
    """Threads that PyTorch starts with here: as the environment sets them, or one a core."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        first = os.environ.get(name, "").partition(",")[0].strip()
        if first.isdigit() and int(first) > 0:
            return int(first)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
