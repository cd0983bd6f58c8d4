"""Absurd configurations name their field, at once and with nothing built."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import UsageError
from advisor.models.load import load
from tests.unit.models.configs import LLAMA, write_config

MISSING = object()
# The changes to a sound configuration, and the field that the message must name.
ABSURD: dict[str, tuple[dict[str, Any], str]] = {
    "zero heads": ({"num_attention_heads": 0}, "num_attention_heads"),
    "zero key-value heads": ({"num_key_value_heads": 0}, "num_key_value_heads"),
    "heads do not share evenly": ({"num_key_value_heads": 3}, "num_key_value_heads"),
    "width does not divide": ({"hidden_size": 63}, "hidden_size"),
    "a billion layers": ({"num_hidden_layers": 10**9}, "num_hidden_layers"),
    "no layers": ({"num_hidden_layers": 0}, "num_hidden_layers"),
    "negative layers": ({"num_hidden_layers": -4}, "num_hidden_layers"),
    "negative width": ({"hidden_size": -64}, "hidden_size"),
    "absurd width": ({"hidden_size": 10**15}, "hidden_size"),
    "text for a number": ({"hidden_size": "64"}, "hidden_size"),
    "text for layers": ({"num_hidden_layers": "four"}, "num_hidden_layers"),
    "a fraction of a layer": ({"num_hidden_layers": 4.5}, "num_hidden_layers"),
    "true for a number": ({"num_hidden_layers": True}, "num_hidden_layers"),
    "list for a number": ({"vocab_size": [256]}, "vocab_size"),
    "no vocabulary": ({"vocab_size": 0}, "vocab_size"),
    "missing vocabulary": ({"vocab_size": MISSING}, "vocab_size"),
    "missing layers": ({"num_hidden_layers": MISSING}, "num_hidden_layers"),
    "missing width": ({"hidden_size": MISSING}, "hidden_size"),
    "missing heads": ({"num_attention_heads": MISSING}, "num_attention_heads"),
    "stages of a billion layers": ({"model_type": "swin", "depths": [10**9, 2]}, "depths"),
    "more experts a token than experts": (
        {"model_type": "mixtral", "num_local_experts": 4, "num_experts_per_tok": 9},
        "num_experts_per_tok",
    ),
    "text for a fraction": ({"rms_norm_eps": "small"}, "rms_norm_eps"),
    "nested": (
        {"model_type": "llama4", "text_config": {"num_hidden_layers": 10**9}},
        "text_config.num_hidden_layers",
    ),
}


@pytest.mark.parametrize("name", ABSURD)
def test_the_field_is_named_within_a_second(tmp_path: Path, name: str) -> None:
    changes, field = ABSURD[name]
    facts = {key: value for key, value in {**LLAMA, **changes}.items() if value is not MISSING}
    folder = write_config(tmp_path, facts)
    held, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(UsageError, match=f"'{field}'"):
        load(str(folder))
    assert time.process_time() - started < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 64 * 1024


@pytest.fixture(autouse=True, scope="module")
def _imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Imports aside: a sound configuration loads."""
    load(str(write_config(tmp_path_factory.mktemp("sound"), LLAMA)))
