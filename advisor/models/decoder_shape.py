"""The facts of a decoder, read from the configuration of a transformers model."""

from __future__ import annotations

from typing import Any, Literal

from advisor.models.loaded import DecoderShape

LayerKind = Literal["full", "windowed", "none"]


def decoder_shape(config: Any) -> DecoderShape | None:
    """Read a causal language model's `PretrainedConfig`.

    Multi-head latent attention keeps one latent of `kv_lora_rank` and one rotary key of
    `qk_rope_head_dim` elements a token and layer instead of keys and values; it is given as one
    head of half as many elements, twice of which is the same (DeepSeek-V2, arXiv:2405.04434, §2.1).

    Returns None where it lacks layers, width, heads or vocabulary, where no layer has attention, or
    where heads differ among layers with a window or among those without.
    """
    text = config.get_text_config(decoder=True)
    try:
        heads, layers = int(text.num_attention_heads), int(text.num_hidden_layers)
        hidden_size, vocabulary_size = int(text.hidden_size), int(text.vocab_size)
        kinds = _layer_kinds(text, layers)
        windowed, full = (
            [index for index, kind in enumerate(kinds) if kind == wanted]
            for wanted in ("windowed", "full")
        )
        sizes = {index: _heads(text, index, hidden_size) for index in (*windowed, *full)}
        most = sizes[(windowed or full)[0]]
    except (AttributeError, LookupError, RuntimeError, TypeError):
        return None
    of_full = sizes[full[0]] if full else most
    if any(sizes[index] != (of_full if index in full else most) for index in sizes):
        return None
    return DecoderShape(
        layers=layers,
        hidden_size=hidden_size,
        attention_heads=heads,
        key_value_heads=most[0],
        head_dim=most[1],
        vocabulary_size=vocabulary_size,
        max_context_tokens=getattr(text, "max_position_embeddings", None),
        key_value_layers=None if len(sizes) == layers else len(sizes),
        windowed_layers=len(windowed),
        window_tokens=_window_tokens(text) if windowed else None,
        full_layer_elements=None if of_full == most else 2 * of_full[0] * of_full[1],
    )


def layer_windows(config: Any) -> list[int | None]:
    """How many tokens each layer's attention looks back at; None where it looks at all."""
    text = config.get_text_config(decoder=True)
    window = _window_tokens(text)
    kinds = _layer_kinds(text, int(text.num_hidden_layers))
    return [window if kind == "windowed" else None for kind in kinds]


def _layer_kinds(text: Any, layers: int) -> list[LayerKind]:
    """What each layer keeps of keys and values.

    Layers of linear attention, of state-space kind, without attention, and those that read what an
    earlier layer keeps (the last `num_kv_shared_layers`) keep nothing that grows. A chunk of
    attention (Llama 4) counts as a window: a layer never looks back further than its start.
    """
    named = getattr(text, "layer_types", None)
    if named is None:
        return ["windowed" if _window_tokens(text) else "full"] * layers
    own = layers - (getattr(text, "num_kv_shared_layers", None) or 0)
    return [_kind(name) if index < own else "none" for index, name in enumerate(named)]


def _kind(name: str) -> LayerKind:
    if "attention" not in name or "linear" in name:
        return "none"
    return "windowed" if "sliding" in name or "chunked" in name else "full"


def _window_tokens(text: Any) -> int | None:
    window = getattr(text, "sliding_window", None) or getattr(text, "attention_chunk_size", None)
    return int(window) if window else None


def _heads(text: Any, index: int, hidden_size: int) -> tuple[int, int]:
    """Key-value heads of one layer, and their size."""
    layer = text.per_layer_config[index]
    latent = getattr(layer, "kv_lora_rank", None)
    if latent:
        return 1, (latent + layer.qk_rope_head_dim) // 2
    heads = layer.num_attention_heads
    head_dim = getattr(layer, "head_dim", None) or hidden_size // heads
    # Falcon's own names; its newer architecture ignores the switch.
    multi_query = getattr(layer, "multi_query", False)
    if multi_query and not getattr(layer, "new_decoder_architecture", False):
        return 1, int(head_dim)
    own = getattr(layer, "num_key_value_heads", None) or getattr(layer, "num_kv_heads", None)
    return int(own or heads), int(head_dim)
