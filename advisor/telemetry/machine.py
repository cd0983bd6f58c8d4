"""What this machine is, and which hardware profile describes it."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.catalog.hardware import Hardware
from advisor.telemetry.reading import DeviceReading, Telemetry
from advisor.telemetry.sample import sample

GENERIC_CPU = "cpu-2vcpu"
"""The profile that stands for a machine without a GPU."""

# Words that make another part of the name they stand by: an RTX 4090 Laptop is no RTX 4090.
_VARIANTS = frozenset({"ti", "super", "laptop", "mobile", "max", "d", "nvl", "mig", "grid"})

# Drivers report less than the data sheet: error correction and firmware take up to a tenth.
_MEMORY_TOLERANCE = 0.15


@dataclass(frozen=True)
class Device:
    name: str | None
    compute_capability: str | None
    memory_bytes: int | None
    mig_enabled: bool | None = None


@dataclass(frozen=True)
class Machine:
    """What does not change while the program runs."""

    devices: tuple[Device, ...]
    driver_version: str | None
    processor_name: str | None
    cores_logical: int | None
    cores_physical: int | None
    memory_bytes: int
    platform: str
    python: str
    problem: str | None = None
    """Why no device is listed, for example that there is no driver."""


def machine(telemetry: Telemetry | None = None) -> Machine:
    """Describe this machine from `telemetry`, or from a reading taken now."""
    now = sample() if telemetry is None else telemetry
    return Machine(
        devices=tuple(_device(reading) for reading in now.devices),
        driver_version=now.driver_version,
        processor_name=now.host.processor_name,
        cores_logical=now.host.cores_logical,
        cores_physical=now.host.cores_physical,
        memory_bytes=now.host.memory_total_bytes,
        platform=platform.platform(),
        python=platform.python_version(),
        problem=now.problem,
    )


def matching_hardware(described: Machine, catalog: Mapping[str, Hardware]) -> str | None:
    """Return the id of the profile that the machine's first GPU is, None where none is.

    A profile matches where one of its names stands word for word in the driver's name for the
    device and neither compute capability nor memory speaks against it; the longest name wins.
    A machine without a GPU is the generic processor's profile, where the catalogue has it.
    """
    if not described.devices:
        return GENERIC_CPU if GENERIC_CPU in catalog else None
    device = described.devices[0]
    fits = [
        (length, identifier)
        for identifier, hardware in sorted(catalog.items())
        if (length := _match_length(device, hardware))
    ]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def _match_length(device: Device, hardware: Hardware) -> int:
    """Characters of the longest name of `hardware` that `device` bears; 0 where it is another."""
    if hardware.is_cpu or device.name is None or _contradicts(device, hardware):
        return 0
    reported = _words(device.name)
    names = (_words(name) for name in (hardware.name, *hardware.aliases))
    return max(len(" ".join(name)) if _bears(reported, name) else 0 for name in names)


def _bears(reported: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether `name` stands in `reported` with nothing around it that makes it another part."""
    for start in range(len(reported) - len(name) + 1):
        end = start + len(name)
        if reported[start:end] == name:
            return bool(name) and _VARIANTS.isdisjoint(reported[:start] + reported[end:])
    return False


def _contradicts(device: Device, hardware: Hardware) -> bool:
    capabilities = {device.compute_capability, hardware.compute_capability} - {None}
    if len(capabilities) > 1:
        return True
    if device.memory_bytes is None:
        return False
    listed_bytes = hardware.memory.capacity_gib * 2**30
    return abs(device.memory_bytes - listed_bytes) > _MEMORY_TOLERANCE * listed_bytes


def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", name.casefold()))


def _device(reading: DeviceReading) -> Device:
    return Device(
        reading.name,
        reading.compute_capability,
        reading.memory_total_bytes,
        reading.mig_enabled,
    )
