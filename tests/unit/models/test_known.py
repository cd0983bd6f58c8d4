from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.catalog.locate import profile_files
from advisor.errors import CatalogError, UsageError
from advisor.models.known import read_known
from advisor.models.load import load
from tests.unit.models.configs import LLAMA

FILES = profile_files("models")


def write_known(folder: Path, **changes: Any) -> Path:
    content = {"title": "Mine", "source": "me", "as_of": "2026", "config": {**LLAMA}}
    path = folder / "mine.json"
    path.write_text(json.dumps({**content, **changes}))
    return path


@pytest.mark.parametrize("model_id", FILES)
def test_every_shipped_model_has_the_parameters_that_it_states(model_id: str) -> None:
    loaded = load(model_id)
    assert loaded.weights == "meta"
    assert loaded.decoder is not None
    built = sum(value.numel() for value in loaded.module.parameters())
    assert built == read_known(FILES[model_id]).parameters


@pytest.mark.parametrize(
    ("model_id", "parameters", "blocks"),
    [
        ("llama-3.1-8b", 8_030_261_248, 32),
        ("llama-3.1-70b", 70_553_706_496, 80),
        ("llama-3.1-405b", 405_853_388_800, 126),
        ("mixtral-8x7b", 46_702_792_704, 32),
    ],
)
def test_published_sizes_hold(model_id: str, parameters: int, blocks: int) -> None:
    assert read_known(FILES[model_id]).parameters == parameters
    assert load(model_id).blocks == blocks


def test_weights_of_a_known_model_are_not_there() -> None:
    with pytest.raises(UsageError, match="holds no weights; give hf:NAME"):
        load("llama-3.1-8b", weights=True)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": "other"}, "id"),
        ({"title": 4}, "title"),
        ({"parameters": 0}, "parameters"),
        ({"config": []}, "config"),
        ({"licence": "MIT"}, "licence"),
    ],
)
def test_a_malformed_file_is_named_with_its_key(
    tmp_path: Path, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(CatalogError, match=rf"mine\.json: .*{problem}"):
        read_known(write_known(tmp_path, **changes))


def test_a_file_of_the_users_own_is_loaded_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "advisor" / "profiles" / "models"
    folder.mkdir(parents=True)
    write_known(folder)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load("mine").blocks == 4
