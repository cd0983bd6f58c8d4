from __future__ import annotations

import subprocess
import sys

import pytest

from advisor.models.listing import EXAMPLES, describe_references
from advisor.models.load import load


def test_examples_come_first_and_every_name_once() -> None:
    references = [row.reference for row in describe_references()]
    assert references[: len(EXAMPLES)] == ["digits", "tiny-gpt"]
    assert len(set(references)) == len(references)
    assert "llama-3.1-70b" in references


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_the_parameters_that_it_states(name: str) -> None:
    built = sum(value.numel() for value in load(name).module.parameters())
    assert built == EXAMPLES[name].parameters


def test_a_listing_does_not_wait_for_torch() -> None:
    code = (
        "import sys; from advisor.models.listing import describe_references; "
        "describe_references(); print({'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
