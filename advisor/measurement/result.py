"""What a measurement asks for and what it finds. A measurement is never a projection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FidelityMetric = Literal["top-1 agreement", "KL divergence", "relative error"]


@dataclass(frozen=True)
class ModelRequest:
    """How the worker gets the model again: in its own process, from the same reference."""

    reference: str
    weights: bool = False
    trust_remote_code: bool = False
    batch_size: int | None = None
    """Samples in the example inputs, tokens in each; None leaves the model's own."""
    sequence_tokens: int | None = None
    inputs: tuple[str, ...] = ()
    """What takes the place of the model's own inputs, as `models.given_inputs` has it."""

    def sizes(self) -> tuple[tuple[str, int], ...]:
        """The sizes that were asked for, each with its option on the command line."""
        asked = (("--batch", self.batch_size), ("--sequence", self.sequence_tokens))
        return tuple((option, size) for option, size in asked if size is not None)


@dataclass(frozen=True)
class MeasurementRequest:
    """One variant against the baseline. `choices` are as written after `--with`.

    `repeats` is timed runs of each; they alternate, so that a noisy machine disturbs both alike.
    """

    model: ModelRequest
    choices: tuple[str, ...]
    repeats: int = 30
    device: str = "cpu"


@dataclass(frozen=True)
class Spread:
    """Timings of repeated runs."""

    median: float
    p95: float
    low: float
    high: float
    repeats: int


@dataclass(frozen=True)
class MeasuredQuality:
    metric: str
    value: float
    higher_is_better: bool
    samples: int
    per_class: Mapping[str, float] | None = None
    scores: Mapping[str, float] | None = None
    """Further scores of the same outputs, by name."""


@dataclass(frozen=True)
class Run:
    """What one module did. Memory is None where nothing could tell it."""

    latency_s: Spread
    batch_size: int
    peak_memory_bytes: int | None
    """`size_bytes` and what one forward pass adds to it at its peak: of the allocator on CUDA, of
    the process elsewhere."""
    device_memory_bytes: int | None
    """What NVML shows in use on the device, everyone's processes together."""
    size_bytes: int
    """Parameters and buffers as stored."""
    energy_j: float | None
    """Of one forward pass, the whole device's; None where no counter tells."""
    quality: MeasuredQuality | None

    @property
    def throughput_per_s(self) -> float:
        return self.batch_size / self.latency_s.median


@dataclass(frozen=True)
class Fidelity:
    """How near the variant's outputs are to the baseline's, where no labels say which is right."""

    samples: int
    values: Mapping[FidelityMetric, float]


@dataclass(frozen=True)
class Environment:
    """Where it was measured."""

    device: str
    device_name: str
    platform: str
    python: str
    torch: str
    threads: int
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Measurement:
    """Baseline and variant, run in turn in one process."""

    request: MeasurementRequest
    baseline: Run
    variant: Run
    fidelity: Fidelity | None
    environment: Environment
    taken_at: str
    """UTC, ISO 8601."""
    elapsed_s: float
    notes: tuple[str, ...] = ()
    """What could not be taken as asked, and why."""

    @property
    def quality_drop(self) -> float | None:
        """Share of the baseline's metric lost; negative where the variant is better."""
        before, after = self.baseline.quality, self.variant.quality
        if before is None or after is None or before.value == 0:
            return None
        change = (after.value - before.value) / abs(before.value)
        return 0.0 - change if before.higher_is_better else change

    @property
    def worst_class_drop(self) -> float | None:
        """The largest share lost by any class; None where the metric has no classes."""
        before, after = self.baseline.quality, self.variant.quality
        if before is None or after is None or not before.per_class or not after.per_class:
            return None
        return max(
            (value - after.per_class[name]) / value
            for name, value in before.per_class.items()
            if value
        )
