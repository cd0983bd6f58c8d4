"""The parts of a bill, and the knobs of a setup that each of them depends on.

What is declared here is what makes it safe to evaluate a part once for all setups that it cannot
tell apart. A knob that is named nowhere is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Literal

from advisor.projection.setup import Setup

Part = Literal[
    "serving", "paying for serving", "training", "paying for training", "data", "people", "team"
]  # fmt: skip
"""`serving` and `training` are time and memory; `people` is one-off work and what is lost in
quality, `team` the share of time of those who are there anyway."""

_BOTH: tuple[Part, ...] = ("serving", "training")
DEPENDS: Mapping[str, tuple[Part, ...]] = {
    "float_format": _BOTH,
    "autocast": _BOTH,
    "weight_format": ("serving",),
    "linear_activation_format": ("serving",),
    "channels_removed": ("serving",),
    "heads_removed": ("serving",),
    "weights_masked": (),
    "two_of_four": ("serving",),
    "student_share": _BOTH,
    "distillation_steps": ("training",),
    "cascade_share": _BOTH,
    "cascade_steps": ("training",),
    "execution": _BOTH,
    "channels_last": _BOTH,
    "sharding_stage": ("training",),
    "data_parallel": ("training",),
    "tensor_parallel": _BOTH,
    "pipeline_parallel": _BOTH,
    "engine": ("serving",),
    "chunked_prefill_tokens": ("serving",),
    "attention": _BOTH,
    "checkpointing": ("training",),
    "micro_batch": ("training",),
    "optimizer": ("training",),
    "mig_slice": ("serving",),
    "deduplicated": ("training", "data"),
    "labels_share": ("data",),
    "colder_tier": ("data",),
    "colder_share": ("data",),
    "compressed_columns": ("data",),
    "autoscaling_delay_minutes": ("paying for serving",),
    "scale_to_zero_after_minutes": ("paying for serving",),
    "managed_serving": ("paying for serving", "team"),
    "audits_automated": ("team",),
    # What is owned serves training too.
    "serving_purchase": ("paying for serving", "paying for training"),
    "training_purchase": ("paying for training",),
    "virtual_stages": ("training",),
    "pipeline_schedule": ("training",),
    "expert_parallel": ("training",),
    # Further steps are of the released model: how many runs there are decides, not how they go.
    "training_tensor_parallel": ("training",),
    "training_pipeline_parallel": ("training",),
    "recovery_steps": ("training",),
    "products": _BOTH,
    "weight_group": ("serving",),
    "key_value_format": ("serving",),
    "request_batch": ("serving",),
    "responses_cached": ("serving", "paying for serving"),
    "gpu_sharing": ("serving",),
    "gpu_tenants": ("serving",),
    "models_on_fleet": ("serving", "paying for serving"),
    "accumulation_steps": ("training",),
    "lora_rank": ("training",),
    "frozen_weights": ("training",),
    "packed_sequences": ("training",),
    "optimizer_offloaded": ("training",),
    "effort_days": ("people",),
    "quality_drop": ("people",),
}
"""Masked weights are computed as others are."""

_UNDECLARED = {field.name for field in fields(Setup)} ^ set(DEPENDS)
if _UNDECLARED:
    raise TypeError(f"parts of the bill: {sorted(_UNDECLARED)} is not both declared and a knob")


def knobs(*parts: Part) -> tuple[str, ...]:
    """The knobs that any of `parts` depends on, in the order of `Setup`."""
    return tuple(name for name, on in DEPENDS.items() if not set(on).isdisjoint(parts))


def reader(*parts: Part) -> attrgetter[tuple[object, ...]]:
    """Reads off a setup all that any of `parts` can tell."""
    return attrgetter(*knobs(*parts))
