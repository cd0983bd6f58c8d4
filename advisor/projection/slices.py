"""The part of a GPU that one replica has: an instance of it, or a share among processes."""

from __future__ import annotations

from typing import NamedTuple

from advisor.catalog.hardware import MIG_COMPUTE_SLICES, MIG_MEMORY_SLICES, Hardware
from advisor.projection.setup import Setup


class Part(NamedTuple):
    """Shares of the multiprocessors, of the memory's bandwidth and cache, and of its bytes."""

    slices: float
    compute: float
    memory: float
    capacity: float
    turns: float
    """Processes that the GPU serves one after the other, each whole."""


WHOLE = Part(1.0, 1.0, 1.0, 1.0, 1.0)


def part_of(setup: Setup, hardware: Hardware) -> Part:
    """The whole GPU where the hardware has no such instance: it cannot be divided so.

    Processes that share a GPU are all taken to be busy, as at the peak that is planned for: side
    by side each has its even part, by turns each has the whole for its part of the time. Either
    way the bytes that they hold add up.
    """
    if setup.gpu_sharing is not None and hardware.vendor == "nvidia":
        return _shared(setup)
    if setup.models_on_fleet > 1:
        return WHOLE._replace(capacity=1 / setup.models_on_fleet)
    slices = hardware.mig.slices if hardware.mig else {}
    found = slices.get(setup.mig_slice or "")
    if found is None:
        return WHOLE
    memory = found.memory_slices / MIG_MEMORY_SLICES
    return Part(
        slices=float(found.count),
        compute=found.compute_slices / MIG_COMPUTE_SLICES,
        memory=memory,
        capacity=(found.memory_gib / hardware.memory.capacity_gib if found.memory_gib else memory),
        turns=1.0,
    )


def _shared(setup: Setup) -> Part:
    tenants = float(setup.gpu_tenants)
    part = 1 / tenants
    if setup.gpu_sharing == "mps":
        return Part(slices=tenants, compute=part, memory=part, capacity=part, turns=1.0)
    return Part(slices=tenants, compute=1.0, memory=1.0, capacity=part, turns=tenants)
