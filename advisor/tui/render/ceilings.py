"""How long each operator takes at the peaks of the hardware, and which peak that is.

Williams, Waterman and Patterson, "Roofline", CACM 2009: the larger of arithmetic and traffic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from advisor.projection.columns import setup_columns
from advisor.projection.operators import class_of
from advisor.projection.setup import Setup

if TYPE_CHECKING:
    from advisor.profiling.profile import Operator
    from advisor.projection.scenario import Scenario

Bound = Literal["compute", "bandwidth"]


def flops_per_byte(row: Operator) -> float | None:
    """Arithmetic intensity; None where the operator moves nothing."""
    return 2 * row.multiply_adds / row.total_bytes if row.total_bytes else None


@dataclass(frozen=True)
class Ceilings:
    """Of `operators` on the scenario's hardware, with no strategy on; lists of that length."""

    scenario: Scenario
    operators: Sequence[Operator]

    @cached_property
    def bandwidth(self) -> float:
        """Bytes a second."""
        return self.scenario.hardware.memory.bandwidth_gb_per_s * 1e9

    @cached_property
    def peaks(self) -> list[float]:
        """FLOPs a second for the number format that each operator computes in."""
        scenario = self.scenario
        peaks = setup_columns([Setup()], scenario.profile.dtype, scenario.hardware).peak_flops[0]
        by_class = peaks.tolist()
        return [by_class[class_of(row)] for row in self.operators]

    @cached_property
    def bounds(self) -> list[Bound]:
        return [
            "compute" if 2 * row.multiply_adds * self.bandwidth >= peak * row.total_bytes > 0
            else "bandwidth"
            for row, peak in zip(self.operators, self.peaks, strict=True)
        ]  # fmt: skip

    @cached_property
    def seconds(self) -> list[float]:
        """Of all calls of an operator."""
        return [
            row.repeats * max(2 * row.multiply_adds / peak, row.total_bytes / self.bandwidth)
            for row, peak in zip(self.operators, self.peaks, strict=True)
        ]

    @cached_property
    def total_s(self) -> float:
        return sum(self.seconds)

    def share(self, seconds: float) -> float:
        return seconds / self.total_s if self.total_s else 0.0
