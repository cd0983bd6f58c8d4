"""The part of a GPU that one replica has to itself."""

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


WHOLE = Part(1.0, 1.0, 1.0, 1.0)


def part_of(setup: Setup, hardware: Hardware) -> Part:
    """The whole GPU where the hardware has no such instance: it cannot be divided so."""
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
    )
