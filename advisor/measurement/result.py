"""What a measurement asks for and what it finds. A measurement is never a projection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FidelityMetric = Literal["top-1 agreement", "KL divergence", "relative error", "token agreement"]


NOISY_RATIO_SPAN = 0.2
"""A ratio of times that is known no better than ±10% decides nothing: a projection errs by less."""


@dataclass(frozen=True)
class Interval:
    """95 of 100 draws of other samples, or other turns, would fall in it."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def decides_nothing(self) -> bool:
        """Of a ratio: too wide to judge a projection by."""
        return self.high - self.low > NOISY_RATIO_SPAN * (self.high + self.low) / 2


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
    lower_quartile: float | None = None
    upper_quartile: float | None = None
    outliers: int = 0
    """Of the timings, those beyond three times the range between the quartiles from the nearer of
    them. They are in every figure here; the median hardly moves for them."""


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
    """`size_bytes`, the inputs, and what PyTorch's allocator gives out in one forward pass at its
    peak."""
    device_memory_bytes: int | None
    """What NVML shows in use on the device, everyone's processes together."""
    size_bytes: int
    """Parameters and buffers as stored."""
    energy_j: float | None
    """Of one forward pass, the whole device's; None where no counter tells."""
    quality: MeasuredQuality | None
    resident_growth_bytes: int | None = None
    """What one forward pass adds to the resident size of the process, libraries' own memory
    included; None on an accelerator, and where the system cannot tell."""

    @property
    def throughput_per_s(self) -> float:
        return self.batch_size / self.latency_s.median


@dataclass(frozen=True)
class Fidelity:
    """How near the variant's outputs are to the baseline's, where no labels say which is right."""

    samples: int
    values: Mapping[FidelityMetric, float]


@dataclass(frozen=True)
class Decoding:
    """Baseline and variant, each going on from the example prompts with a cache, token by token."""

    tokens: int
    """In each cache at the end, the prompt's with them."""
    cache_bytes: tuple[int, int]
    """Held at the end, by the baseline and by the variant; all sequences of the batch together."""
    step_s: tuple[Spread, Spread]


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
    threads_between_operators: int | None = None
    clock_mhz: tuple[float | None, float | None] = (None, None)
    """Of the device before and after the timing; None where the system does not tell."""
    load_average: float | None = None
    """Processes that wanted to run on this host over the last minute, this one included."""
    cores: int | None = None
    """Logical cores that this process may use."""


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
    drop_interval: Interval | None = None
    """Of `quality_drop`, over the samples; None where the evaluation gives no number for each."""
    worst_class_interval: Interval | None = None
    """Of the drop of the class that lost most, over its samples."""
    latency_ratio: Interval | None = None
    """Of the variant's median time over the baseline's, over the turns."""
    decoding: Decoding | None = None
    """Where the strategies change the cache that a decoder is run with."""

    @property
    def quality_is_noise(self) -> bool | None:
        """Whether other samples could show no drop at all; None where nothing tells."""
        return None if self.drop_interval is None else self.drop_interval.holds(0.0)

    @property
    def latency_is_noise(self) -> bool | None:
        """Whether other turns could show no difference of time; None where nothing tells."""
        return None if self.latency_ratio is None else self.latency_ratio.holds(1.0)

    @property
    def machine_is_too_noisy(self) -> bool:
        """Whether the ratio of times is known no better than ±10%."""
        return self.latency_ratio is not None and self.latency_ratio.decides_nothing

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
        worst = self.worst_class
        return None if worst is None else self.class_drops[worst]

    @property
    def worst_class(self) -> str | None:
        drops = self.class_drops
        return max(drops, key=lambda name: drops[name]) if drops else None

    @property
    def class_drops(self) -> Mapping[str, float]:
        """The share lost by each class that had anything to lose; empty without classes."""
        before, after = self.baseline.quality, self.variant.quality
        if before is None or after is None or not before.per_class or not after.per_class:
            return {}
        sign = 1.0 if before.higher_is_better else -1.0
        return {
            name: sign * (value - after.per_class[name]) / abs(value)
            for name, value in before.per_class.items()
            if value
        }
