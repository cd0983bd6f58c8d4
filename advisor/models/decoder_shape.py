"""The facts of a decoder, read from the configuration of a transformers model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advisor.models.loaded import DecoderShape


def decoder_shape(config: Any) -> DecoderShape | None:
    """Read a causal language model's `PretrainedConfig`.

    Multi-head latent attention keeps one latent of `kv_lora_rank` and one rotary key of
    `qk_rope_head_dim` elements a token and layer instead of keys and values; it is given as one
    head of half as many elements, twice of which is the same (DeepSeek-V2, arXiv:2405.04434, §2.1).

    Returns None where it lacks layers, width, heads or vocabulary, or where heads differ by layer.
    """
    text = config.get_text_config(decoder=True)
    try:
        heads, layers = int(text.num_attention_heads), int(text.num_hidden_layers)
        hidden_size, vocabulary_size = int(text.hidden_size), int(text.vocab_size)
        key_value_heads = getattr(text, "num_key_value_heads", None) or heads
        head_dim = getattr(text, "head_dim", None) or hidden_size // heads
    except (AttributeError, RuntimeError, TypeError):
        return None
    latent = getattr(text, "kv_lora_rank", None)
    if latent:
        key_value_heads, head_dim = 1, (latent + text.qk_rope_head_dim) // 2
    return DecoderShape(
        layers=layers,
        hidden_size=hidden_size,
        attention_heads=heads,
        key_value_heads=int(key_value_heads),
        head_dim=int(head_dim),
        vocabulary_size=vocabulary_size,
        max_context_tokens=getattr(text, "max_position_embeddings", None),
        key_value_layers=_key_value_layers(getattr(text, "layer_types", None)),
    )


def _key_value_layers(layer_types: Sequence[str] | None) -> int | None:
    """How many layers keep keys and values; None where all of them do.

    Layers of linear attention, of state-space kind and without attention keep nothing that grows.
    """
    if layer_types is None:
        return None
    caching = sum("attention" in kind and "linear" not in kind for kind in layer_types)
    return None if caching == len(layer_types) else caching
