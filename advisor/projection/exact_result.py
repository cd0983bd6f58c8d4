"""What is asked of an exact projection, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from advisor.projection.result import Estimate
from advisor.projection.setup import Setup

ExactPhase = Literal["prefill", "decode", "inference", "training_step"]


@dataclass(frozen=True)
class Asked:
    """Sizes of what is projected. Tokens are of each sequence; None for a model without."""

    batch_size: int
    """Sequences or samples of a serving phase on one replica."""
    prompt_tokens: int | None
    context_tokens: int | None
    """Tokens in the cache at the decode step."""
    output_tokens: int
    training_batch_size: int
    """Of one optimizer step, all ranks together."""
    training_tokens: int | None
    requests_per_s: float | None = None
    """Arriving at one replica; None where no load is asked about."""


@dataclass(frozen=True)
class PhaseProjection:
    """One phase; memory is of one accelerator. What is not known is None, `missing` says what."""

    time_s: Estimate | None
    throughput_per_s: Estimate | None
    throughput_unit: Literal["samples", "tokens"]
    memory_bytes: Estimate | None
    accelerators: int
    model_flops_utilisation: Estimate | None = None
    hardware_flops_utilisation: Estimate | None = None
    missing: str | None = None


@dataclass(frozen=True)
class AtLoad:
    """A replica of `batch_size` places under random arrivals.

    None where more arrives than it answers.
    """

    utilisation: Estimate
    capacity_per_s: Estimate
    """Requests per second with every place taken."""
    wait_s: Estimate | None
    time_to_first_token_s: Estimate | None


@dataclass(frozen=True)
class Exact:
    """What was asked for, and what it takes."""

    setup: Setup
    asked: Asked
    phases: Mapping[ExactPhase, PhaseProjection]
    at_load: AtLoad | None
    memory_capacity_bytes: float
