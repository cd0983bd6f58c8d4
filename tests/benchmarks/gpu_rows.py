"""Projected beside measured: a row for each quantity of a case of the GPU benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.measurement.result import Interval
from advisor.projection.result import Estimate
from tests.benchmarks.gpu_cases import Case
from tests.benchmarks.gpu_found import Found
from tests.benchmarks.gpu_project import Projected


@dataclass(frozen=True)
class Row:
    """The figure with the strategies on, and its ratio to the figure without them.

    None where one is not known; then `cause` says why. `ratio_interval` is of the measured ratio.
    """

    case: Case
    quantity: str
    projected: Estimate | None = None
    measured: float | None = None
    ratio_projected: float | None = None
    ratio_measured: float | None = None
    ratio_interval: Interval | None = None
    cause: str = ""

    @property
    def error(self) -> float | None:
        """As a share of what was measured; of quality, as a difference, since it may be 0."""
        if self.projected is None or self.measured is None:
            return None
        difference = self.projected.expected - self.measured
        if self.quantity == "quality drop":
            return difference
        return difference / self.measured if self.measured else None

    @property
    def covered(self) -> bool | None:
        if self.projected is None or self.measured is None:
            return None
        return self.projected.low <= self.measured <= self.projected.high

    @property
    def sign_wrong(self) -> bool | None:
        """Whether what the strategies were to make better, they made worse, or the other way.

        None where nothing was switched on. A ratio whose interval holds 1 cannot be wrong.
        """
        if not self.case.strategies or self.ratio_projected is None or self.ratio_measured is None:
            return None
        interval = self.ratio_interval or Interval(self.ratio_measured, self.ratio_measured)
        if interval.holds(1.0) or self.ratio_projected == 1.0:
            return False
        return (self.ratio_projected > 1.0) != (interval.low > 1.0)


LATENCY, ALLOCATOR, NVML, ENERGY, QUALITY = (
    "latency s", "memory of the allocator B", "memory by NVML B", "energy J", "quality drop",
)  # fmt: skip


def rows(case: Case, found: Found, expected: Projected | None, why_not: str = "") -> list[Row]:
    """`why_not` says why nothing was projected."""
    if found.cause is not None:
        return [Row(case, LATENCY, cause=found.cause)]
    return list(_rows(case, found, expected, why_not))


def _rows(case: Case, found: Found, expected: Projected | None, why_not: str) -> Iterator[Row]:
    pairs, interval = _measured(found)
    for quantity, (before, after) in pairs.items():
        if after is None:
            yield Row(case, quantity, cause="nothing here tells it")
            continue
        projections = _of(expected, quantity)
        yield Row(
            case, quantity, projections[1], after,
            _ratio(_middle(projections[0]), _middle(projections[1])), _ratio(before, after),
            interval if quantity == LATENCY else None, why_not,
        )  # fmt: skip


def _measured(
    found: Found,
) -> tuple[dict[str, tuple[float | None, float | None]], Interval | None]:
    """Of each quantity, before and after."""
    alone = found.alone
    nvml = (None, alone.nvml_bytes if alone else None)
    if found.forward is not None:
        one, two = found.forward.baseline, found.forward.variant
        return {
            LATENCY: (one.latency_s.median, two.latency_s.median),
            ALLOCATOR: (one.peak_memory_bytes, two.peak_memory_bytes),
            NVML: nvml,
            ENERGY: (one.energy_j, two.energy_j),
            QUALITY: (None, found.forward.quality_drop),
        }, found.forward.latency_ratio
    if found.decode is not None:
        step = found.decode
        return {
            LATENCY: (step.before.median, step.after.median),
            ALLOCATOR: (None, alone.allocator_bytes if alone else None),
            NVML: nvml,
            ENERGY: (step.energy_before_j, step.energy_after_j),
        }, step.ratio
    assert found.training is not None
    start, end = found.training.baseline, found.training.variant
    return {
        LATENCY: (start.step_s.median, end.step_s.median),
        ALLOCATOR: (start.peak_memory_bytes, end.peak_memory_bytes),
        NVML: nvml,
    }, None


def _of(expected: Projected | None, quantity: str) -> tuple[Estimate | None, Estimate | None]:
    if expected is None:
        return None, None
    return {
        LATENCY: expected.latency_s,
        ALLOCATOR: expected.allocator_bytes,
        NVML: (None, expected.nvml_bytes),
        ENERGY: expected.energy_j,
        QUALITY: (None, expected.quality_drop),
    }[quantity]


def _ratio(before: float | None, after: float | None) -> float | None:
    return None if not before or after is None else after / before


def _middle(found: Estimate | None) -> float | None:
    return None if found is None else found.expected
