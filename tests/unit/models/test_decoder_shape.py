from __future__ import annotations

from transformers import DeepseekV3Config, GPT2Config, LlamaConfig, Qwen3NextConfig, ViTConfig

from advisor.models.decoder_shape import decoder_shape


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
