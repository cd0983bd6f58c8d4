"""What comes out of the engine. A projection is never a measurement: the types differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from advisor.catalog.quantity import Source
from advisor.projection.setup import Setup

Component = Literal["hardware", "data", "human", "training_and_deployment"]
COMPONENTS: tuple[Component, ...] = ("hardware", "data", "human", "training_and_deployment")
COMPONENT_TITLES: Mapping[Component, str] = {
    "hardware": "hardware",
    "data": "data",
    "human": "people",
    "training_and_deployment": "training & deployment",
}


@dataclass(frozen=True)
class Estimate:
    """A projected figure between two bounds that assume every uncertain input at its end."""

    low: float
    expected: float
    high: float


@dataclass(frozen=True)
class LineInput:
    """A figure that a line item is computed from, and where it came from.

    `value` is None where it is not known; `source` where no one is named as having published it.
    """

    name: str
    value: Estimate | None
    unit: str
    origin: str
    source: Source | None = None


@dataclass(frozen=True)
class LineItem:
    """quantity × unit price = USD per month; None where the price is not known."""

    component: Component
    name: str
    quantity: Estimate | None
    unit: str
    unit_price_usd: Estimate | None
    usd_per_month: Estimate | None
    formula: str
    missing: str | None = None
    """What is not known, in words, where `usd_per_month` is None."""
    inputs: tuple[LineInput, ...] = ()
    """The figures that `formula` names; none where nobody asked for them."""
    serving_share: float | None = None
    """How much of it serving causes, training the rest; None where neither does."""


@dataclass(frozen=True)
class Bill:
    lines: tuple[LineItem, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(line.missing for line in self.lines if line.missing is not None)

    def total(self, component: Component | None = None) -> Estimate:
        """The sum of the known lines; a lower bound where `missing_in(component)`."""
        known = [
            line.usd_per_month
            for line in self.lines
            if line.usd_per_month is not None and component in (None, line.component)
        ]
        return Estimate(
            sum(cost.low for cost in known),
            sum(cost.expected for cost in known),
            sum(cost.high for cost in known),
        )

    def missing_in(self, component: Component | None = None) -> tuple[str, ...]:
        return tuple(
            line.missing
            for line in self.lines
            if line.missing is not None and component in (None, line.component)
        )


def saving_usd(before: Bill, after: Bill) -> float | None:
    """USD per month that `after` is cheaper by; None where one lacks a price the other has."""
    if set(before.missing) != set(after.missing):
        return None
    return before.total().expected - after.total().expected


@dataclass(frozen=True)
class Constraint:
    """A limit that the setup must keep; `met` is None where the value is not known."""

    name: str
    value: float | None
    limit: float
    unit: Literal["s", "bytes", "fraction", "accelerators"]

    @property
    def met(self) -> bool | None:
        return None if self.value is None else self.value <= self.limit


@dataclass(frozen=True)
class Projection:
    """One setup in one scenario. Latency is of one batch of the size that is served."""

    setup: Setup
    latency_s: Estimate
    throughput_per_s: Estimate
    """Requests per second of one replica."""
    serving_batch_size: int
    time_to_first_token_s: Estimate | None
    time_per_output_token_s: Estimate | None
    inference_memory_bytes: Estimate
    """Per accelerator."""
    training_step_s: Estimate | None
    training_memory_bytes: Estimate | None
    """Per accelerator."""
    accelerators_per_replica: int
    serving_accelerators: Estimate
    training_accelerators: int
    energy_kwh_per_month: Estimate | None
    quality_drop: Estimate
    bill: Bill
    constraints: tuple[Constraint, ...]
    basis: tuple[str, ...]
    queue_wait_s: Estimate | None = None
    """Mean wait at the peak for a free place (`projection.queueing`); None without demand."""
    utilisation: Estimate | None = None
    """Share of the paid accelerator hours in which something is computed."""

    @property
    def broken_constraints(self) -> tuple[Constraint, ...]:
        return tuple(limit for limit in self.constraints if limit.met is False)
