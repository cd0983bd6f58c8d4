"""What makes a measurement the one that would be taken now. Imports no torch."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Protocol

import msgspec

from advisor.measurement.versions import installed_versions
from advisor.telemetry.host import usable_cores
from advisor.telemetry.machine import Machine

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TORCH_NUM_THREADS")


@dataclass(frozen=True)
class Identity:
    """`fingerprint` is the model's; `circumstances` a digest of where and with what it is run."""

    fingerprint: str
    circumstances: str


class Request(Protocol):
    """Whatever is run on a device."""

    @property
    def device(self) -> str: ...


def identity(fingerprint: str | None, request: Request, machine: Machine) -> Identity | None:
    """None where the model has no fingerprint: nothing can be said to be it again.

    Circumstances are the device, the machine's parts, its driver and cores, the versions of the
    libraries that take part, and what sets the number of threads.
    """
    if fingerprint is None:
        return None
    facts = {
        "device": request.device,
        "devices": [device.name for device in machine.devices],
        "driver": machine.driver_version,
        "processor": machine.processor_name,
        "cores": usable_cores(),
        "threads": {name: os.environ.get(name) for name in _THREAD_VARIABLES},
        "python": machine.python,
        "versions": installed_versions(),
    }
    digest = hashlib.sha256(msgspec.json.encode(facts, order="sorted"))
    return Identity(fingerprint, digest.hexdigest())
