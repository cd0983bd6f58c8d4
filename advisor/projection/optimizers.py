"""Optimizers: the states they keep and the memory they read and write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.projection.setup import Optimizer


@dataclass(frozen=True)
class OptimizerCost:
    """Per parameter, in the width of the parameter as it is trained."""

    state_share: float
    """Bytes of states against those of AdamW's two moments."""
    passes: float
    """Reads and writes of a step: of weight, gradient and states."""


OPTIMIZERS: Mapping[Optimizer, OptimizerCost] = {
    # Weight, gradient and two moments are read, weight and two moments written.
    "adamw": OptimizerCost(1.0, 7.0),
    # The moments take a byte each (Dettmers et al. 2022, "8-bit Optimizers").
    "adamw-8bit": OptimizerCost(0.25, 4.0),
    "sgd-momentum": OptimizerCost(0.5, 5.0),
    "sgd": OptimizerCost(0.0, 3.0),
}
