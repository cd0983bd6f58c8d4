"""A knob that a part of the bill does not declare changes nothing of that part."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.catalog.quantity import Quantity
from advisor.projection.engine import Evaluation, evaluate, serving_feasible, training_feasible
from advisor.projection.matters import told_apart
from advisor.projection.parts import DEPENDS, Part, knobs
from advisor.projection.scenario import CASES
from advisor.projection.setup import Setup
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import scenario

VALUES: dict[str, tuple[Any, ...]] = {
    "float_format": ("native", "bf16", "fp16"),
    "autocast": (None, "bf16", "fp16"),
    "weight_format": ("native", "int8", "int4", "fp8"),
    "linear_activation_format": ("native", "int8", "fp8"),
    "channels_removed": (0.0, 0.3),
    "heads_removed": (0.0, 0.5),
    "weights_masked": (0.0, 0.5),
    "two_of_four": (False, True),
    "student_share": (1.0, 0.5),
    "distillation_steps": (0, 100),
    "cascade_share": (None, 0.5),
    "cascade_steps": (0, 100),
    "execution": ("eager", "compiled", "captured"),
    "channels_last": (False, True),
    "sharding_stage": (0, 1, 2, 3),
    "data_parallel": (1, 4),
    "tensor_parallel": (None, 1, 2),
    "pipeline_parallel": (1, 2),
    "engine": (None, "vllm"),
    "chunked_prefill_tokens": (None, 512),
    "attention": ("native", "fused"),
    "checkpointing": (False, True),
    "micro_batch": (None, 1, 4),
    "optimizer": ("adamw", "adamw-8bit", "sgd"),
    "mig_slice": (None, "1g", "3g"),
    "gpu_sharing": (None, "mps", "time-slicing"),
    "gpu_tenants": (1, 2, 4),
    "models_on_fleet": (1, 2, 4),
    "deduplicated": (False, True),
    "labels_share": (1.0, 0.5),
    "colder_tier": (None, "infrequent", "archive"),
    "colder_share": (0.0, 0.8),
    "compressed_columns": (False, True),
    "autoscaling_delay_minutes": (None, 5.0),
    "scale_to_zero_after_minutes": (None, 15.0),
    "managed_serving": (False, True),
    "audits_automated": (False, True),
    "serving_purchase": (None, "on-demand", "reserved", "spot"),
    "training_purchase": (None, "on-demand", "reserved", "spot"),
    "virtual_stages": (1, 2),
    "pipeline_schedule": ("1f1b", "dualpipe"),
    "expert_parallel": (1, 2),
    "training_tensor_parallel": (None, 2),
    "training_pipeline_parallel": (None, 2),
    "recovery_steps": (0, 100),
    "products": ("native", "tf32"),
    "weight_group": (32, 64, 128),
    "key_value_format": ("native", "int8", "fp8"),
    "request_batch": (None, 8),
    "responses_cached": (False, True),
    "accumulation_steps": (1, 4),
    "lora_rank": (None, 8),
    "frozen_weights": ("native", "nf4"),
    "packed_sequences": (False, True),
    "optimizer_offloaded": (False, True),
    "effort_days": (Quantity.exact(0.0), Quantity.exact(7.0)),
    "quality_drop": (Quantity.exact(0.0), Quantity.exact(0.1)),
}
SCENARIOS = [
    scenario(model, "h100-sxm", workload, "cloud-startup", ["training.runs_per_month=3"])
    for model, workload in (
        (encoder(layers=2), "batch-scoring"),
        (convnet(), "medical-diagnosis"),
        (decoder(layers=2), "chat-serving"),
    )
]
setups = st.builds(
    Setup, **{name: st.sampled_from(values) for name, values in VALUES.items()}
).filter(lambda setup: setup.weight_format != "fp8" or setup.linear_activation_format == "fp8")
"""No kernel of fp8 weights alone is known."""


def test_every_knob_is_declared() -> None:
    assert set(DEPENDS) == set(VALUES) == {field.name for field in fields(Setup)}


def _same(one: object, other: object) -> None:
    if is_dataclass(one):
        for field in fields(one):
            _same(getattr(one, field.name), getattr(other, field.name))
    else:
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def _cost(evaluation: Evaluation, part: str) -> dict[str, float]:
    """USD of the lines of one part that cost anything, by name."""
    share = {"serving": 1.0, "training": 0.0}.get(part)
    lines = [
        line
        for line in evaluation.lines
        if (line.serving_share is None and line.component == {"people": "human"}.get(part, part))
        or (line.serving_share is not None and line.serving_share[0] == share)
    ]
    return {line.name: float(line.usd_per_month[0]) for line in lines if line.quantity[0] != 0}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SCENARIOS), setups)
def test_a_knob_that_changes_nothing_of_a_model_changes_nothing(
    given_scenario: Any, setup: Setup
) -> None:
    apart = told_apart(given_scenario.profile, setup)
    for case in CASES:
        whole, less = (evaluate(given_scenario, [each], case) for each in (setup, apart))
        for one, other in zip(whole.lines, less.lines, strict=True):
            np.testing.assert_allclose(one.usd_per_month, other.usd_per_month, rtol=1e-12)
        _same(serving_feasible(given_scenario, whole), serving_feasible(given_scenario, less))
        _same(training_feasible(given_scenario, whole), training_feasible(given_scenario, less))


DECLARED: dict[Part, tuple[Part, ...]] = {
    "serving": ("serving", "paying for serving"),
    "training": ("training", "paying for training"),
    "data": ("data",),
    "people": ("people", "team"),
}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SCENARIOS), setups, setups)
def test_what_a_part_does_not_declare_leaves_it_as_it_is(
    given_scenario: Any, one: Setup, other: Setup
) -> None:
    before = evaluate(given_scenario, [one])
    for part, declared in DECLARED.items():
        mixed = replace(other, **{name: getattr(one, name) for name in knobs(*declared)})
        after = evaluate(given_scenario, [mixed])
        assert _cost(before, part) == pytest.approx(_cost(after, part), nan_ok=True)
        if part == "serving":
            _same(before.served, after.served)
            _same(serving_feasible(given_scenario, before), serving_feasible(given_scenario, after))
        if part == "training":
            _same(before.trained, after.trained)
            _same(
                training_feasible(given_scenario, before), training_feasible(given_scenario, after)
            )
        if part == "people":
            _same(before.quality_drop, after.quality_drop)
