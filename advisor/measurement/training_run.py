"""What one trained module did, as every measurement of training tells it."""

from __future__ import annotations

import torch

from advisor.measurement import memory, timing
from advisor.measurement.result import Spread
from advisor.measurement.trainee import Trainee
from advisor.measurement.training_result import MemoryCategory, TrainingRun

WARM_UP_STEPS = 2


def warm_up(trainee: Trainee, stopwatch: timing.Stopwatch) -> None:
    """The optimizer makes its states in its first step, which is none of the timed ones."""
    for _ in range(WARM_UP_STEPS):
        stopwatch.time_s(trainee.step)


def as_run(trainee: Trainee, spread: Spread, on: torch.device) -> TrainingRun:
    """Its losses so far, and the memory of a few steps more, which are taken here."""
    losses = tuple(trainee.losses)
    held = trainee.held_bytes()
    return TrainingRun(
        step_s=spread,
        samples_per_step=trainee.data.samples,
        tokens_per_sample=trainee.data.tokens,
        peak_memory_bytes=_peak_bytes(trainee, held, on),
        memory_bytes=held,
        trained_parameters=sum(each.numel() for each in trainee.trained),
        first_loss=losses[0],
        last_loss=losses[-1],
    )


def _peak_bytes(trainee: Trainee, held: dict[MemoryCategory, int], on: torch.device) -> int:
    """Parameters and states last; a step's growth, gradients in it, comes on top."""
    return memory.peak_bytes(trainee.module, trainee.step, on) + held["optimizer"]
