"""Projected and measured memory of a model of the zoo, shallow: at its widths, with few layers.

Measured as `tests.benchmarks.memory_real` does, in a fresh process:
`python -m tests.benchmarks.zoo_memory NAME inference|training` runs one model and prints its peak
and what libraries kept of it.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

from advisor.profiling.memory import inference_memory, training_memory
from advisor.profiling.training_setting import DEFAULT_SETTING
from tests.benchmarks.memory_real import measured_bytes
from tests.benchmarks.memory_real_child import tell_peak
from tests.zoo.real import real, shallow

Purpose = Literal["inference", "training"]
LARGEST_BYTES = 3_000_000_000
"""What is projected above this is not run."""


@dataclass(frozen=True)
class Compared:
    """Bytes of one peak; `measured` is None where it was not run."""

    projected: int
    measured: int | None

    @property
    def error(self) -> float | None:
        return self.projected / self.measured - 1 if self.measured else None


def compared(name: str, purpose: Purpose) -> Compared | None:
    """The peak of `name` both ways; None where none is projected."""
    projected = _projected_bytes(name, purpose)
    if projected is None:
        return None
    if projected > LARGEST_BYTES:
        return Compared(projected, None)
    try:
        measured, _ = measured_bytes("zoo_memory", name, purpose)
    except subprocess.CalledProcessError:  # its own message has gone to the error stream
        return Compared(projected, None)
    return Compared(projected, measured)


def _projected_bytes(name: str, purpose: Purpose) -> int | None:
    if purpose == "inference":
        return inference_memory(shallow(name)).total_bytes
    moments, _ = training_memory(shallow(name))
    totals = (each.total_bytes for each in moments if each.phase != "foreach step")
    return max(totals, default=None)


if __name__ == "__main__":
    tell_peak(lambda: real(sys.argv[1]), DEFAULT_SETTING if sys.argv[2] == "training" else None)
