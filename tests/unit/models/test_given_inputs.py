"""Inputs stated by shape take the place of the model's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from advisor.errors import UsageError
from advisor.models.given_inputs import GivenInput, parse
from advisor.models.load import load

TWO_INPUTS = """
import torch

class Two(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(10, 4)

    def forward(self, tokens, scale):
        return self.table(tokens) * scale

def build():
    return Two()
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8x3x224x224", GivenInput((8, 3, 224, 224), torch.float32)),
        ("x=4:bool", GivenInput((4,), torch.bool, "x")),
        ("input_ids=8x128:int64", GivenInput((8, 128), torch.int64, "input_ids")),
    ],
)
def test_parses(text: str, expected: GivenInput) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it must be"),
        ("8x", "it must be"),
        ("-1x8", "it must be"),
        ("a b=8", "it must be"),
        ("8x8:int65", "'int65' is no type"),
        ("8x8:nn", "'nn' is no type"),
        ("x=0x8", "1 or more"),
    ],
)
def test_what_cannot_be_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse(text)


def test_a_factory_may_leave_its_inputs_to_the_user(tmp_path: Path) -> None:
    file = tmp_path / "two.py"
    file.write_text(TWO_INPUTS)
    model = load(f"{file}:build", inputs=["tokens=2x5:int64", "scale=4"])
    assert model.module(*model.inputs, **model.keyword_inputs).shape == (2, 5, 4)
    with pytest.raises(UsageError, match=r"with no inputs.*--inputs"):
        load(f"{file}:build")


def test_they_replace_those_of_an_example() -> None:
    model = load("digits", inputs=["5x1x8x8"])
    assert [each.shape for each in model.inputs] == [(5, 1, 8, 8)]
    assert model.loss is None
