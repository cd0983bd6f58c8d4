"""Known models are profiled from their figures alone; `repeats --all` times each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.catalog.locate import profile_files
from advisor.errors import UsageError
from advisor.models.known import read_known
from advisor.models.load import load
from advisor.profiling.run import profile


@pytest.mark.parametrize("model_id", ["qwen3-0.6b", "llama-3.1-405b", "deepseek-v3"])
def test_each_token_of_the_prompt_is_multiplied_by_every_active_weight(model_id: str) -> None:
    made = profile(load(model_id))
    prefill = made.phases[0]
    assert prefill.query_tokens is not None
    matmuls = sum(
        each.multiply_adds * each.repeats for each in prefill.operators if each.kind == "matmul"
    )
    per_token = matmuls / prefill.query_tokens
    # The embedding table of an untied model is read, not multiplied.
    assert 0.9 * made.active_parameters < per_token < 1.1 * made.active_parameters
    assert made.counted_by == "fvcore"


@pytest.mark.parametrize("model_id", sorted(profile_files("models")))
def test_every_known_model_is_profiled(model_id: str) -> None:
    made = profile(load(model_id))
    assert made.parameters == read_known(profile_files("models")[model_id]).parameters
    assert made.multiply_adds > 0
    # The delta rule of Qwen3.5 solves triangular systems, which has no count; it is listed.
    assert set(made.uncounted_operators) <= {"linalg_solve_triangular"}
    assert made.memory.training_moments


@pytest.mark.parametrize("model_type", ["kimi_k2", "nemotron-nas"])
def test_a_model_with_code_of_its_own_is_refused_with_the_way_out(
    tmp_path: Path, model_type: str
) -> None:
    facts = {"model_type": model_type, "auto_map": {"AutoConfig": "configuration.Own"}}
    (tmp_path / "config.json").write_text(json.dumps(facts))
    with pytest.raises(UsageError, match="--trust-remote-code"):
        load(str(tmp_path))
