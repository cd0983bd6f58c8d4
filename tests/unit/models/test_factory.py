from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
import torch

from advisor.errors import ModelError, UnknownNameError, UsageError
from advisor.models.load import load

HEADER = "import torch\nfrom torch import nn\n\n"


def write(folder: Path, body: str, name: str = "user_model.py") -> str:
    path = folder / name
    path.write_text(HEADER + textwrap.dedent(body))
    return str(path)


@pytest.mark.parametrize(
    ("inputs", "positional", "keywords"),
    [
        ("torch.zeros(2, 4)", 1, []),
        ("(torch.zeros(2, 4),)", 1, []),
        ("{'input': torch.zeros(2, 4)}", 0, ["input"]),
    ],
)
def test_a_module_with_inputs_runs(
    tmp_path: Path, inputs: str, positional: int, keywords: list[str]
) -> None:
    file = write(tmp_path, f"def build():\n    return nn.Linear(4, 3), {inputs}\n")
    loaded = load(f"{file}:build")
    assert (len(loaded.inputs), list(loaded.keyword_inputs)) == (positional, keywords)
    assert loaded.module(*loaded.inputs, **loaded.keyword_inputs).shape == (2, 3)
    assert not loaded.module.training
    assert loaded.reference == f"{file}:build"


def test_a_loaded_model_passes_with_its_reference_set(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        from advisor.models.loaded import LoadedModel

        def build():
            return LoadedModel("mine", nn.Linear(4, 3), (torch.zeros(1, 4),), workload="retail")
        """,
    )
    loaded = load(f"{file}:build")
    assert (loaded.reference, loaded.workload) == (f"{file}:build", "retail")


def test_a_meta_module_is_known_to_have_no_values(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        def build():
            return nn.Linear(4, 3, device="meta"), torch.zeros(1, 4, device="meta")
        """,
    )
    assert load(f"{file}:build").weights == "meta"


def test_a_transformers_model_brings_its_own_inputs_and_shape(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        from transformers import GPT2Config, GPT2LMHeadModel

        def build():
            return GPT2LMHeadModel(GPT2Config(n_layer=2, n_head=2, n_embd=16, vocab_size=64))
        """,
    )
    loaded = load(f"{file}:build")
    with torch.no_grad():
        assert loaded.module(**loaded.keyword_inputs).logits.shape[-1] == 64
    assert loaded.decoder is not None
    assert (loaded.decoder.layers, loaded.decoder.head_dim) == (2, 8)


def test_a_sibling_file_can_be_imported(tmp_path: Path) -> None:
    write(tmp_path, "def net():\n    return nn.Linear(4, 3)\n", "sibling_of_user_model.py")
    file = write(
        tmp_path,
        """
        from sibling_of_user_model import net

        def build():
            return net(), torch.zeros(1, 4)
        """,
    )
    assert isinstance(load(f"{file}:build").module, torch.nn.Linear)


def test_a_module_on_the_path_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "user_package").mkdir()
    write(
        tmp_path / "user_package",
        "def build():\n    return nn.Linear(4, 3), torch.zeros(1, 4)\n",
        "nets.py",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert isinstance(load("user_package.nets:build").module, torch.nn.Linear)


def test_a_bare_module_is_told_what_to_return(tmp_path: Path) -> None:
    file = write(tmp_path, "def build():\n    return nn.Linear(4, 3)\n")
    with pytest.raises(UsageError, match=r"Linear with no inputs.*\(module, inputs\)"):
        load(f"{file}:build")


@pytest.mark.parametrize(
    ("returned", "named"),
    [("None", "NoneType"), ("7", "int"), ("(1, 2, 3)", r"\(int, int, int\)")],
)
def test_what_is_no_model_is_named(tmp_path: Path, returned: str, named: str) -> None:
    file = write(tmp_path, f"def build():\n    return {returned}\n")
    with pytest.raises(UsageError, match=f"returned {named}; it must return"):
        load(f"{file}:build")


def test_inputs_of_a_wrong_type_are_named(tmp_path: Path) -> None:
    file = write(tmp_path, "def build():\n    return nn.Linear(4, 3), 'text'\n")
    with pytest.raises(UsageError, match="inputs of type str"):
        load(f"{file}:build")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.py: no such file"):
        load(f"{tmp_path / 'absent.py'}:build")


def test_a_missing_function_lists_the_files_own(tmp_path: Path) -> None:
    file = write(tmp_path, "def build_large():\n    pass\n\ndef _helper():\n    pass\n")
    with pytest.raises(UnknownNameError) as caught:
        load(f"{file}:build_larg")
    assert caught.value.choices == ("build_large",)
    assert "Did you mean 'build_large'?" in str(caught.value)


def test_a_missing_module_is_named() -> None:
    with pytest.raises(UsageError, match="no module 'no_such_package_at_all'"):
        load("no_such_package_at_all.nets:build")


@pytest.mark.parametrize("reference", [":build", "nets:"])
def test_half_a_reference_names_the_form(reference: str) -> None:
    with pytest.raises(UsageError, match=r"FILE\.py:FACTORY"):
        load(reference)


def test_a_factory_that_raises_shows_type_message_and_own_line(tmp_path: Path) -> None:
    file = write(tmp_path, "def build():\n    return nn.Linear(4, 3)(torch.zeros(1, 5)), None\n")
    with pytest.raises(ModelError, match=rf"RuntimeError: .*{file}:5 in build") as caught:
        load(f"{file}:build")
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_a_file_that_raises_on_import_shows_its_line(tmp_path: Path) -> None:
    file = write(tmp_path, "VALUE = {}['absent']\n")
    with pytest.raises(ModelError, match=rf"cannot be imported: KeyError: 'absent' \({file}:4"):
        load(f"{file}:build")


def test_a_syntax_error_shows_its_line(tmp_path: Path) -> None:
    file = write(tmp_path, "def build(:\n")
    with pytest.raises(ModelError, match=rf"SyntaxError: .*{file}:4"):
        load(f"{file}:build")


def test_a_missing_library_is_the_files_fault_and_not_a_missing_file(tmp_path: Path) -> None:
    file = write(tmp_path, "import no_such_library_of_users\n")
    with pytest.raises(ModelError, match="No module named 'no_such_library_of_users'"):
        load(f"{file}:build")


def test_a_factory_that_exits_does_not_end_the_process(tmp_path: Path) -> None:
    file = write(tmp_path, "import sys\n\ndef build():\n    sys.exit(3)\n")
    with pytest.raises(ModelError, match="SystemExit: 3"):
        load(f"{file}:build")
