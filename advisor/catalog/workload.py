"""What is asked of a model every month: serving, training, data, people, objectives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from advisor.catalog.hardware import Fraction, NonNegative, Positive

Count = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True)
class Serving:
    """Demand on the deployed model. Latency objectives are of the slowest request served."""

    requests_per_month: NonNegative
    peak_to_mean: Annotated[float, Meta(ge=1)] = 1.0
    batch_size: Count = 1
    """Requests served together where the model is not a decoder."""
    prompt_tokens: Count | None = None
    output_tokens: Count | None = None
    latency_objective_ms: Positive | None = None
    time_to_first_token_ms: Positive | None = None
    time_per_output_token_ms: Positive | None = None
    redundant_replicas: Annotated[int, Meta(ge=0)] = 0
    response_bytes: NonNegative = 0.0


@dataclass(frozen=True)
class Training:
    runs_per_month: NonNegative = 0.0
    experiments_per_run: NonNegative = 0.0
    """Runs thrown away for each one kept: failed, or tried and not better."""
    samples: NonNegative = 0.0
    epochs: Positive = 1.0
    batch_size: Count = 1
    tokens_per_sample: Count | None = None
    checkpoints_kept: NonNegative = 0.0


@dataclass(frozen=True)
class Data:
    new_samples_per_month: NonNegative = 0.0
    acquisition_usd_per_sample: NonNegative = 0.0
    label_kind: str | None = None
    """A key of the organization's `labels`; None where nothing is labelled."""
    labels_per_sample: NonNegative = 0.0
    stored_gb: NonNegative = 0.0
    preprocessing_cpu_hours_per_1000_samples: NonNegative = 0.0
    quality_check_fraction: Fraction = 0.0
    """The share of new labels that is labelled a second time to check it."""


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
    people_fte: Mapping[str, NonNegative] = field(default_factory=dict)
    """Full-time equivalents by role; roles are keys of the organization's `salaries`."""
    quality: Quality = field(default_factory=Quality)
    horizon_months: Positive = 12.0
    """One-off costs are spread over this long."""
    interruptible_training: bool = True
    """Whether a preempted run may start again from a checkpoint."""
