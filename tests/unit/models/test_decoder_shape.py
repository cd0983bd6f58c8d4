from __future__ import annotations

from typing import Any

import pytest
from transformers import (
    DeepseekV3Config,
    FalconConfig,
    Gemma3TextConfig,
    Gemma4TextConfig,
    GPT2Config,
    GptOssConfig,
    LlamaConfig,
    MistralConfig,
    Qwen3NextConfig,
    ViTConfig,
)

from advisor.models.decoder_shape import decoder_shape
from advisor.profiling.run import decoder_profile

HEADS: dict[str, Any] = {
    "hidden_size": 64,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
}


def test_grouped_query_attention_keeps_its_key_value_heads() -> None:
    config = LlamaConfig(
        hidden_size=64, num_hidden_layers=3, num_attention_heads=8, num_key_value_heads=2
    )
    shape = decoder_shape(config)
    assert shape is not None
    assert (shape.attention_heads, shape.key_value_heads, shape.head_dim) == (8, 2, 8)
    assert shape.key_value_elements_per_token() == 2 * 3 * 2 * 8


def test_names_of_older_configs_are_understood() -> None:
    shape = decoder_shape(GPT2Config(n_layer=2, n_head=4, n_embd=32, n_positions=128))
    assert shape is not None
    assert (shape.layers, shape.key_value_heads, shape.head_dim) == (2, 4, 8)
    assert shape.max_context_tokens == 128


def test_latent_attention_keeps_one_latent_and_one_rotary_key() -> None:
    config = DeepseekV3Config(num_hidden_layers=61, kv_lora_rank=512, qk_rope_head_dim=64)
    shape = decoder_shape(config)
    assert shape is not None
    assert shape.key_value_elements_per_token() == 61 * (512 + 64)


def test_layers_of_linear_attention_keep_no_keys() -> None:
    kinds = ["linear_attention"] * 3 + ["full_attention"]
    config = Qwen3NextConfig(
        num_hidden_layers=4, layer_types=kinds, num_key_value_heads=2, head_dim=16
    )
    shape = decoder_shape(config)
    assert shape is not None
    assert (shape.layers, shape.key_value_layers) == (4, 1)
    assert shape.key_value_elements_per_token() == 2 * 1 * 2 * 16


def test_a_config_without_the_facts_has_no_shape() -> None:
    assert decoder_shape(ViTConfig()) is None


# Elements that one sequence keeps, worked out by hand: (config, context, elements).
KEPT = {
    "multi-query (Falcon 7B)": (
        FalconConfig(hidden_size=128, num_attention_heads=4, num_hidden_layers=3),
        100,
        100 * 3 * 2 * 1 * 32,
    ),
    "grouped (Falcon 40B)": (
        FalconConfig(
            hidden_size=128,
            num_attention_heads=4,
            num_hidden_layers=3,
            new_decoder_architecture=True,
            num_kv_heads=2,
        ),
        100,
        100 * 3 * 2 * 2 * 32,
    ),
    "every layer windowed (Mistral), within the window": (
        MistralConfig(**HEADS, num_hidden_layers=3, sliding_window=64),
        60,
        60 * 3 * 2 * 2 * 16,
    ),
    "every layer windowed (Mistral), past the window": (
        MistralConfig(**HEADS, num_hidden_layers=3, sliding_window=64),
        1000,
        64 * 3 * 2 * 2 * 16,
    ),
    "no window stated (Mistral)": (
        MistralConfig(**HEADS, num_hidden_layers=3, sliding_window=None),
        1000,
        1000 * 3 * 2 * 2 * 16,
    ),
    "windowed in turn (gpt-oss)": (
        GptOssConfig(
            **HEADS,
            num_hidden_layers=4,
            sliding_window=128,
            layer_types=["sliding_attention", "full_attention"] * 2,
        ),
        1000,
        (2 * 1000 + 2 * 128) * 2 * 2 * 16,
    ),
    "five windowed to one (Gemma 3)": (
        Gemma3TextConfig(**HEADS, num_hidden_layers=6, sliding_window=512),
        4096,
        (4096 + 5 * 512) * 2 * 2 * 16,
    ),
    "wider heads without a window (Gemma 4)": (
        Gemma4TextConfig(
            **HEADS,
            num_hidden_layers=6,
            sliding_window=512,
            global_head_dim=32,
            num_global_key_value_heads=1,
            attention_k_eq_v=True,
            num_kv_shared_layers=0,
        ),
        4096,
        4096 * 2 * 1 * 32 + 5 * 512 * 2 * 2 * 16,
    ),
    "latent (DeepSeek)": (
        DeepseekV3Config(num_hidden_layers=61, kv_lora_rank=512, qk_rope_head_dim=64),
        1000,
        1000 * 61 * (512 + 64),
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_the_cache_holds_at_a_context(name: str) -> None:
    config, context, elements = KEPT[name]
    shape = decoder_shape(config)
    assert shape is not None
    told = decoder_profile(shape)
    assert told is not None
    assert told.key_value_elements(context) == elements
