"""2:4 sparsity: where there is a kernel for it, and what it saves."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from advisor.catalog import load
from advisor.profiling.profile import ModelProfile
from advisor.projection.check import project_run_bytes, project_run_seconds
from advisor.projection.columns import setup_columns
from advisor.projection.engine import evaluate
from advisor.projection.exact import project_exactly
from advisor.projection.exact_result import Asked
from advisor.projection.operators import operator_table
from advisor.projection.setup import Setup
from advisor.projection.sparsity import SPARSE_RATE, runs_sparse
from tests.support.profiles import decoder, encoder
from tests.support.scenarios import scenario

PATTERNS: tuple[Literal["none", "2:4"], ...] = ("none", "2:4")
DENSE = Setup(execution="compiled")
SPARSE = Setup(execution="compiled", weights_sparsity="2:4")


def vision_encoder(batch_size: int = 25) -> ModelProfile:
    """The sizes of SAM's ViT-H over its windows of 14 × 14."""
    return encoder(layers=32, hidden=1280, tokens=196, batch_size=batch_size, dtype="bfloat16")


def gain(profile: ModelProfile, part: str, dense: Setup, sparse: Setup) -> float:
    before, after = project_run_seconds(profile, load.hardware_by_id(part), [dense, sparse])
    return before.expected / after.expected


def test_a_large_encoder_gains_less_than_its_kernels_do() -> None:
    """1.7 for the kernel (torchao sparsity read-me, 2025-01).

    Its SAM ViT-H gains 1.07 to 1.16; that model's attention to positions, which stays dense, is
    not in these blocks.
    """
    assert 1.05 < gain(vision_encoder(), "a100-80-sxm", DENSE, SPARSE) < SPARSE_RATE


def test_a_large_decoder_gains_what_was_published() -> None:
    """1.30 to 1.62 for Llama 2 70B at batch 32 and more on H100 (NVIDIA Model-Optimizer, 2026-08),
    there in fp8."""
    given = scenario(decoder(layers=80, hidden=8192), "h100-sxm", "chat-serving")
    asked = Asked(32, 1024, 1024, 256, 64, 1024)
    before, after = (
        project_exactly(given, Setup(engine="vllm", weights_sparsity=each), asked)
        .phases["inference"]
        .time_s
        for each in PATTERNS
    )
    assert before is not None
    assert after is not None
    assert 1.30 <= before.expected / after.expected <= 1.62


@pytest.mark.parametrize("part", ["v100-32-sxm2", "cpu-2vcpu", "tpu-v5e"])
def test_no_gain_without_the_units(part: str) -> None:
    assert gain(vision_encoder(), part, DENSE, SPARSE) == 1.0


@pytest.mark.parametrize(
    "knobs", [{}, {"autocast": "bf16"}, {"float_format": "bf16", "weight_format": "int8"}]
)
def test_no_gain_where_the_kernel_takes_no_such_format(knobs: dict[str, str]) -> None:
    profile = encoder(dtype="float32")
    pair = [Setup(**knobs, weights_sparsity=each) for each in ("none", "2:4")]  # type: ignore[arg-type]  # a dict of knobs
    assert gain(profile, "a100-80-sxm", *pair) == 1.0


def test_sizes_that_are_no_multiples_stay_dense() -> None:
    for hidden, taken in ((1280, True), (1284, False)):
        profile = encoder(hidden=hidden, dtype="bfloat16")
        table = operator_table(profile.phases[0])
        columns = setup_columns([SPARSE], profile.dtype, load.hardware_by_id("a100-80-sxm"))
        found = runs_sparse(table, columns)
        assert found is not None
        assert bool(np.any(found)) is taken


def test_nine_sixteenths_of_linear_weights_are_stored() -> None:
    """Of four weights of 16 bits two are kept, and 4 bits say which: 36 of 64."""
    profile, part = vision_encoder(batch_size=1), load.hardware_by_id("a100-80-sxm")
    before, after = project_run_bytes(profile, part, [DENSE, SPARSE])
    linear = operator_table(profile.phases[0]).linear_weight_bytes
    assert before - after == pytest.approx(linear * 7 / 16, rel=1e-6)


def test_training_is_dense() -> None:
    given = scenario(decoder(layers=2), "a100-80-sxm", "fine-tuning")
    trained = evaluate(given, [DENSE, SPARSE]).trained
    assert trained.step_s[0] == trained.step_s[1]
    assert trained.memory_bytes[0] == trained.memory_bytes[1]
