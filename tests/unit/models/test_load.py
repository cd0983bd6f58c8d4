from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import UnknownNameError, UsageError
from advisor.models.load import load


def test_a_name_that_is_nothing_lists_names_and_forms_and_the_closest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        load("llama-3.1-70")
    message = str(caught.value)
    assert "Did you mean 'llama-3.1-70b'?" in message
    for choice in ("digits", "tiny-gpt", "hf:NAME", "FILE.py:FACTORY", "a folder with config.json"):
        assert choice in message


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".bin", ".pkl", ".ckpt"])
def test_a_pickle_is_refused_and_never_read(tmp_path: Path, suffix: str) -> None:
    weights = tmp_path / f"weights{suffix}"
    weights.write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    with pytest.raises(UsageError, match="opens no pickle"):
        load(str(weights))


def test_a_python_file_without_a_function_says_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"model\.py:FACTORY"):
        load(str(tmp_path / "model.py"))


def test_a_file_of_another_kind_names_the_forms(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a,b\n")
    with pytest.raises(UsageError, match=r"hf:NAME"):
        load(str(table))
