"""What a measurement of training asks for and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from advisor.measurement.result import Environment, Interval, ModelRequest, Spread

MemoryCategory = Literal["parameters", "gradients", "optimizer", "activations"]


@dataclass(frozen=True)
class TrainingRequest:
    """One variant against the baseline, both trained for `steps` steps in turn."""

    model: ModelRequest
    choices: tuple[str, ...]
    steps: int = 20
    device: str = "cpu"
    learning_rate: float = 3e-4


@dataclass(frozen=True)
class TrainingRun:
    """What one module did. Memory is of tensors alone, at the peak of a step."""

    step_s: Spread
    samples_per_step: int
    tokens_per_sample: int | None
    peak_memory_bytes: int | None
    """Tensors at the step's peak: `memory_bytes` of what lasts, and the growth over it."""
    memory_bytes: Mapping[MemoryCategory, int]
    """Parameters with buffers, gradients, and optimizer states as they are held; `activations` is
    what the forward pass keeps for the backward pass beside parameters and inputs."""
    trained_parameters: int
    first_loss: float
    last_loss: float
    """Of the last step, before its update."""

    @property
    def throughput_per_s(self) -> float:
        """Tokens a second, or samples where there are no tokens."""
        return self.samples_per_step * (self.tokens_per_sample or 1) / self.step_s.median


@dataclass(frozen=True)
class TrainingMeasurement:
    """Baseline and variant, trained from the same weights on the same batches, in one process."""

    request: TrainingRequest
    baseline: TrainingRun
    variant: TrainingRun
    environment: Environment
    taken_at: str
    """UTC, ISO 8601."""
    elapsed_s: float
    notes: tuple[str, ...] = ()
    step_ratio: Interval | None = None
    """Of the variant's median step over the baseline's, over the turns."""

    @property
    def machine_is_too_noisy(self) -> bool:
        """Whether the ratio of steps is known no better than ±10%."""
        return self.step_ratio is not None and self.step_ratio.decides_nothing
