"""What the process that measures a case of the GPU benchmark writes for the one that started it."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.measurement.result import Interval, Measurement, ModelRequest, Spread
from advisor.measurement.training_result import TrainingMeasurement
from tests.benchmarks.gpu_cases import Kind


@dataclass(frozen=True)
class Order:
    """What to measure, and on which device."""

    model: ModelRequest
    kind: Kind
    choices: tuple[str, ...]
    device: str
    repeats: int


@dataclass(frozen=True)
class Alone:
    """The variant by itself, in a process that held nothing before.

    `nvml_bytes` is how much more of the device is in use than before the process first touched
    it, the CUDA context and the allocator's reserve included. None where nothing tells.
    """

    allocator_bytes: int | None
    nvml_bytes: int | None


@dataclass(frozen=True)
class DecodeMeasurement:
    """One token after the prompt, run in turn with and without the strategies; joules of one."""

    before: Spread
    after: Spread
    ratio: Interval | None
    energy_before_j: float | None
    energy_after_j: float | None


@dataclass(frozen=True)
class Found:
    """`cause` says why there is nothing else. Of the other three, the one of the case's kind."""

    alone: Alone | None = None
    forward: Measurement | None = None
    decode: DecodeMeasurement | None = None
    training: TrainingMeasurement | None = None
    cause: str | None = None
    elapsed_s: float = 0.0
