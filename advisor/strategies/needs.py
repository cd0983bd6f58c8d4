"""What a strategy needs of the machine it runs on, and of the hardware it is projected on."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Protocol

from advisor.catalog.hardware import Hardware
from advisor.telemetry.host import usable_cores
from advisor.telemetry.machine import Machine


class Need(Protocol):
    def lacks_on_hardware(self, hardware: Hardware) -> str | None:
        """What `hardware` lacks to use the strategy, in words; None where it lacks nothing."""

    def lacks_here(self, machine: Machine) -> str | None:
        """What `machine` lacks to measure the strategy, in words."""


@dataclass(frozen=True)
class Accelerators:
    """At least this many GPUs in one machine."""

    count: int

    def lacks_on_hardware(self, hardware: Hardware) -> str | None:
        if hardware.is_cpu:
            return f"needs {self.count} or more GPUs; {hardware.id} is a processor"
        return None

    def lacks_here(self, machine: Machine) -> str | None:
        found = len(machine.devices)
        return None if found >= self.count else f"needs {self.count} GPUs, this machine has {found}"


@dataclass(frozen=True)
class Ranks(Accelerators):
    """As many GPUs; for a measurement, cores do where there is no GPU, a process on each."""

    def lacks_here(self, machine: Machine) -> str | None:
        if machine.devices:
            return super().lacks_here(machine)
        cores = usable_cores() or 1
        if cores >= self.count:
            return None
        return f"needs {self.count} GPUs or cores, this machine has {cores} core and no GPU"


@dataclass(frozen=True)
class MultiInstance:
    """A GPU that can be divided into instances (MIG)."""

    def lacks_on_hardware(self, hardware: Hardware) -> str | None:
        if hardware.mig and hardware.mig.slices:
            return None
        return f"needs a GPU with MIG (A100, H100, H200, B200); {hardware.id} has none"

    def lacks_here(self, machine: Machine) -> str | None:
        if not machine.devices:
            return "needs a GPU with MIG, this machine has no GPU"
        if any(device.mig_enabled for device in machine.devices):
            return None
        return f"needs MIG switched on (nvidia-smi -mig 1); it is off on {machine.devices[0].name}"


@dataclass(frozen=True)
class SharedGpu:
    """A GPU of NVIDIA, which several processes can be put on."""

    def lacks_on_hardware(self, hardware: Hardware) -> str | None:
        if hardware.vendor != "nvidia":
            return f"needs a GPU of NVIDIA; {hardware.id} is none"
        return None

    def lacks_here(self, machine: Machine) -> str | None:
        if not machine.devices:
            return "needs a GPU, this machine has none"
        return "a forward pass of one process cannot show it; run a serving process for each tenant"


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler, which torch.compile's processor back end calls."""

    commands: tuple[str, ...] = ("c++", "g++", "clang++")

    def lacks_on_hardware(self, hardware: Hardware) -> str | None:
        del hardware
        return None

    def lacks_here(self, machine: Machine) -> str | None:
        import shutil

        if machine.devices or any(shutil.which(command) for command in self.commands):
            return None
        return f"needs a C++ compiler ({', '.join(self.commands)}); none is on the PATH"


@dataclass(frozen=True)
class Library:
    """An importable Python package."""

    module: str
    package: str

    def lacks_on_hardware(self, hardware: Hardware) -> str | None:
        del hardware
        return None

    def lacks_here(self, machine: Machine) -> str | None:
        del machine
        if importlib.util.find_spec(self.module) is not None:
            return None
        return f"needs the package {self.package} (pip install {self.package})"


@dataclass(frozen=True)
class Units:
    """Matrix units for a number format, which GPUs have from one compute capability on."""

    dtype: str
    compute_capability: tuple[int, int]

    def lacks_on_hardware(self, hardware: Hardware) -> str | None:
        if hardware.compute.peak_flops(self.dtype) is not None:
            return None
        return f"needs {self.dtype} units; {hardware.id} states no {self.dtype} rate"

    def lacks_here(self, machine: Machine) -> str | None:
        least = ".".join(map(str, self.compute_capability))
        if not machine.devices:
            return f"needs a GPU of compute capability {least} or later, this machine has no GPU"
        device = machine.devices[0]
        if device.compute_capability is None:
            return f"needs compute capability {least}; that of {device.name} is not known"
        found = tuple(int(part) for part in device.compute_capability.split("."))
        if found >= self.compute_capability:
            return None
        return (
            f"needs compute capability {least} or later; "
            f"{device.name} has {device.compute_capability}"
        )


@dataclass(frozen=True)
class SparseUnits:
    """Matrix units that skip two zeros of each four weights (from compute capability 8.0 on).

    Zeros can be set, and what they do to quality measured, on any machine.
    """

    def lacks_on_hardware(self, hardware: Hardware) -> str | None:
        if hardware.compute.sparsity_2_4:
            return None
        return f"needs sparse matrix units (2:4, A100 and later); {hardware.id} has none"

    def lacks_here(self, machine: Machine) -> str | None:
        del machine
        return None


@dataclass(frozen=True)
class Traffic:
    """Real requests: a measurement gives one model the same inputs over and over."""

    instead: str
    """What shows the effect, in words."""

    def lacks_on_hardware(self, hardware: Hardware) -> str | None:
        del hardware
        return None

    def lacks_here(self, machine: Machine) -> str | None:
        del machine
        return f"a forward pass over example inputs cannot show it; {self.instead}"
