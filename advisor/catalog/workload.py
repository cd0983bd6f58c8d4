"""What is asked of a model every month: serving, training, data, people, objectives.

Upper limits are far above any real demand: a figure beyond one is a slip of the keyboard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from advisor.catalog.hardware import Fraction, NonNegative, Positive
from advisor.catalog.quantity import Share

Tokens = Annotated[int, Meta(ge=1, le=10**8)]
BatchSize = Annotated[int, Meta(ge=1, le=10**7)]
Demand = Annotated[float, Meta(ge=0, le=1e13)]
"""Requests or samples in a month; all searches of the web are below 1e12."""
Samples = Annotated[float, Meta(ge=0, le=1e15)]
Runs = Annotated[float, Meta(ge=0, le=1e5)]
Gigabytes = Annotated[float, Meta(ge=0, le=1e12)]
FullTimeEquivalents = Annotated[float, Meta(ge=0, le=10_000)]


HOURS_PER_DAY = 24
_ROUNDING = 0.01
"""What 24 shares may miss of 1 in all: each is rounded."""


@dataclass(frozen=True)
class Serving:
    """Demand on the deployed model. Latency objectives are of the slowest request served."""

    requests_per_month: Demand
    peak_to_mean: Annotated[float, Meta(ge=1, le=10_000)] = 1.0
    batch_size: BatchSize = 1
    """Requests served together where the model is not a decoder."""
    prompt_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    latency_objective_ms: Positive | None = None
    time_to_first_token_ms: Positive | None = None
    time_per_output_token_ms: Positive | None = None
    redundant_replicas: Annotated[int, Meta(ge=0, le=1000)] = 0
    response_bytes: Annotated[float, Meta(ge=0, le=1e12)] = 0.0
    hourly_shares: tuple[Fraction, ...] | None = None
    """Of a day's requests, those of each of its 24 hours; None takes a day with one smooth peak."""
    repeat_fraction: Share | None = None
    """Requests that repeat one answered before, word for word; None where nobody looked."""

    def __post_init__(self) -> None:
        shares = self.hourly_shares
        if shares is None:
            return
        if len(shares) != HOURS_PER_DAY:
            raise ValueError(f"hourly_shares has {len(shares)} shares; a day has {HOURS_PER_DAY}")
        if abs(sum(shares) - 1) > _ROUNDING:
            raise ValueError(f"hourly_shares sum to {sum(shares):g}; expected 1")

    @property
    def peak(self) -> float:
        """The highest rate over the mean one: bursts within the busiest hour are in it."""
        shares = self.hourly_shares
        if shares is None:
            return self.peak_to_mean
        return max(self.peak_to_mean, max(shares) * HOURS_PER_DAY / sum(shares))


@dataclass(frozen=True)
class Training:
    runs_per_month: Runs = 0.0
    experiments_per_run: Runs = 0.0
    """Runs thrown away for each one kept: failed, or tried and not better."""
    samples: Samples = 0.0
    epochs: Annotated[float, Meta(gt=0, le=1e6)] = 1.0
    batch_size: BatchSize = 1
    tokens_per_sample: Tokens | None = None
    """As they are computed, padding included."""
    padding_share: Share | None = None
    """Of those tokens, the padding; None where nobody looked."""
    checkpoints_kept: NonNegative = 0.0
    """To go on training from: weights and the optimizer's states."""
    registry_versions: NonNegative = 0.0
    """Finished versions kept to deploy, roll back to or show to an auditor: weights alone."""


@dataclass(frozen=True)
class Data:
    """Costs of samples that are None are not known; a sample that costs nothing says 0."""

    new_samples_per_month: Demand = 0.0
    acquisition_usd_per_sample: Annotated[float, Meta(ge=0, le=1e6)] | None = None
    label_kind: str | None = None
    """A key of the organization's `labels`; None where nothing is labelled."""
    labels_per_sample: Annotated[float, Meta(ge=0, le=1e6)] = 0.0
    stored_gb: Gigabytes = 0.0
    """At the start of the horizon, in every tier."""
    growth_gb_per_month: Gigabytes = 0.0
    """What each month leaves stored for good, in the same tiers."""
    tier_shares: Mapping[str, Fraction] = field(default_factory=dict)
    """Shares of what is stored in tiers of the organization; the rest is in object storage."""
    preprocessing_cpu_hours_per_1000_samples: Annotated[float, Meta(ge=0, le=1e7)] | None = None
    quality_check_fraction: Fraction = 0.0
    """The share of new labels that is labelled a second time to check it."""
    duplicate_fraction: Share | None = None
    """Samples that repeat others, as `advisor data` finds them; None where nobody looked."""
    packed_fraction: Share | None = None
    """Bytes of the data in compressed columns (Parquet, zstd) over those stored, as `advisor data`
    finds them; None where nobody looked."""
    read_fraction: Share | None = None
    """Of what is in object storage, what one training run reads; None where nobody looked."""

    def __post_init__(self) -> None:
        if sum(self.tier_shares.values()) > 1 + 1e-9:
            raise ValueError(f"tier_shares sum to {sum(self.tier_shares.values()):g}; at most 1")


@dataclass(frozen=True)
class Quality:
    """How much may be lost against the baseline, as fractions of the metric's value."""

    max_drop: Fraction = 0.01
    max_worst_class_drop: Fraction | None = None


@dataclass(frozen=True)
class Workload:
    id: str
    title: str
    domain: str
    serving: Serving
    training: Training = field(default_factory=Training)
    data: Data = field(default_factory=Data)
    people_fte: Mapping[str, FullTimeEquivalents] = field(default_factory=dict)
    """Full-time equivalents by role; roles are keys of the organization's `salaries`."""
    quality: Quality = field(default_factory=Quality)
    horizon_months: Annotated[float, Meta(gt=0, le=600)] = 12.0
    """One-off costs are spread over this long."""
    interruptible_training: bool = True
    """Whether a preempted run may start again from a checkpoint."""
