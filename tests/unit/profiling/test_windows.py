"""The window of each layer's attention is told with it, whichever blocks were run."""

from __future__ import annotations

import pytest
import torch
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM

from advisor.models.blocks import chained
from advisor.models.decoder_shape import decoder_shape
from advisor.models.loaded import LoadedModel
from advisor.profiling.run import profile

SMALL = {
    "hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2, "num_key_value_heads": 1,
    "head_dim": 16, "vocab_size": 50,
}  # fmt: skip


def told(model_class: type, config: object) -> dict[tuple[str, int | None], int]:
    """How many calls of attention have which window, by phase."""
    with torch.device("meta"):
        module = model_class(config).eval()
    tokens = {"input_ids": torch.zeros(1, 16, dtype=torch.long, device="meta")}
    model = LoadedModel(
        "small", module, keyword_inputs=tokens, decoder=decoder_shape(config), weights="meta"
    )
    found: dict[tuple[str, int | None], int] = {}
    for phase in profile(chained(model)).phases:
        for each in phase.operators:
            if each.kind == "attention":
                key = phase.name, each.window_tokens
                found[key] = found.get(key, 0) + each.repeats
    return found


@pytest.mark.parametrize("layers", [6, 24])
def test_layers_that_differ_are_told_apart(layers: int) -> None:
    config = Gemma3TextConfig(**SMALL, num_hidden_layers=layers, sliding_window=8)
    full = layers // 6
    assert told(Gemma3ForCausalLM, config) == {
        ("prefill", 8): layers - full, ("prefill", None): full,
        ("decode", 8): layers - full, ("decode", None): full,
    }  # fmt: skip


def test_full_attention_has_none() -> None:
    found = told(LlamaForCausalLM, LlamaConfig(**SMALL, num_hidden_layers=2))
    assert set(found) == {("prefill", None), ("decode", None)}
