"""A setup: every knob that a strategy can set. The engine decides what a knob does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from advisor.catalog.pricing import PurchaseOption
from advisor.catalog.quantity import Quantity

FloatFormat = Literal["native", "bf16", "fp16"]
WeightFormat = Literal["native", "int8"]
ActivationFormat = Literal["native", "int8"]
Execution = Literal["eager", "compiled"]

NOTHING = Quantity.exact(0.0)


@dataclass(frozen=True)
class Setup:
    """How a model is held, run, trained and paid for. The default is the model as it came.

    `float_format` is what floating-point weights and activations are cast to for good;
    `autocast` casts at each matrix product and leaves the weights as they are. `weight_format`
    is how the weights of linear layers are stored, `linear_activation_format` what their inputs
    are quantized to as they run. Purchase options are None where the organization decides.
    """

    float_format: FloatFormat = "native"
    autocast: Literal["bf16", "fp16"] | None = None
    weight_format: WeightFormat = "native"
    linear_activation_format: ActivationFormat = "native"
    channels_removed: float = 0.0
    weights_masked: float = 0.0
    execution: Execution = "eager"
    sharding_stage: Literal[0, 1, 2, 3] = 0
    data_parallel: int = 1
    accelerator_slices: int = 1
    serving_purchase: PurchaseOption | None = None
    training_purchase: PurchaseOption | None = None
    effort_days: Quantity = NOTHING
    """One-off days of work, all strategies together."""
    quality_drop: Quantity = NOTHING
    """Share of the metric lost, as published, summed over strategies as bounds."""
