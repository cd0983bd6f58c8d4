"""What the figures of a configuration must be, asked before anything is built from them.

The library fills in what is missing with the figures of some other model, and takes a size that
no model has for an order to build it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.errors import UsageError

# Upper bounds lie far above every published model, and below what fails to build in a second.
_LAYERS = (
    "num_hidden_layers n_layer n_layers num_layers num_decoder_layers encoder_layers"
    " decoder_layers depth depths"
)
_HEAD_COUNTS = (
    "num_attention_heads n_head n_heads num_heads num_key_value_heads num_kv_heads"
    " encoder_attention_heads decoder_attention_heads"
)
_SIZES = (
    "hidden_size n_embd d_model dim intermediate_size ffn_dim d_ff moe_intermediate_size head_dim"
    " d_kv image_size patch_size"
)
_EXPERTS = "n_routed_experts num_experts num_local_experts num_experts_per_tok"
_LONG = "vocab_size max_position_embeddings n_positions"
_BOUNDS: Mapping[str, int] = {
    **dict.fromkeys(_LAYERS.split(), 2_000),
    **dict.fromkeys(_HEAD_COUNTS.split(), 65_536),
    **dict.fromkeys(_SIZES.split(), 10_000_000),
    **dict.fromkeys(_EXPERTS.split(), 100_000),
    **dict.fromkeys(_LONG.split(), 1_000_000_000),
}
_LISTABLE = (
    "image_size patch_size num_heads num_attention_heads num_key_value_heads intermediate_size"
    " hidden_size depth depths num_layers n_layers"
)
_MAY_BE_A_LIST = frozenset(_LISTABLE.split())
_REQUIRED = ("hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size")
_WIDTHS = ("hidden_size", "n_embd", "d_model")
_HEADS = ("num_attention_heads", "n_head")
_KEY_VALUE_HEADS = "num_key_value_heads"
_EXPERTS_IN_ALL = ("num_local_experts", "n_routed_experts", "num_experts")
_EXPERTS_OF_A_TOKEN = ("num_experts_per_tok",)
_OWN_HEAD_SIZE = ("head_dim", "kv_lora_rank", "qk_nope_head_dim", "d_kv", "attention_head_dim")


def check_figures(facts: Mapping[str, Any], origin: str, path: str = "") -> None:
    """Refuse figures that no model has, those of nested configurations too.

    Raises UsageError that names the field, its value and what it must be.
    """
    for name, value in facts.items():
        if isinstance(value, dict) and name.endswith("_config"):
            check_figures(value, origin, f"{path}{name}.")
        elif name in _BOUNDS and value is not None:
            _check_figure(f"{origin}: '{path}{name}'", name, value)
    _check_heads(facts, origin, path)
    _check_experts(facts, origin, path)


def check_complete(
    facts: Mapping[str, Any], aliases: Mapping[str, str], known: object, origin: str
) -> None:
    """Refuse a language model that leaves out a figure which its class would make up.

    `aliases` are the names that the class uses for the common ones; `known` is an instance of it.
    """
    if any(name.endswith("_config") and isinstance(facts[name], dict) for name in facts):
        return
    if not any(str(name).endswith("ForCausalLM") for name in facts.get("architectures") or ()):
        return
    for name in _REQUIRED:
        own = aliases.get(name, name)
        derived = isinstance(getattr(type(known), own, None), property)
        if (
            hasattr(known, own)
            and not derived
            and facts.get(own) is None
            and facts.get(name) is None
        ):
            raise UsageError(f"{origin}: {own!r} is missing; state it as the model's config.json")


def _check_figure(where: str, name: str, value: object) -> None:
    if isinstance(value, list | tuple) and name in _MAY_BE_A_LIST:
        for each in value:
            _check_figure(where, name, each)
        return
    most = _BOUNDS[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{where} must be a whole number, not {value!r}")
    if not 1 <= value <= most:
        raise UsageError(f"{where} is {value}; it must be from 1 to {most:,}")


def _check_heads(facts: Mapping[str, Any], origin: str, path: str) -> None:
    width_name, width = _first(facts, _WIDTHS)
    heads_name, heads = _first(facts, _HEADS)
    if heads is None:
        return
    shared = facts.get(_KEY_VALUE_HEADS)
    if isinstance(shared, int) and heads % shared:
        raise UsageError(
            f"{origin}: '{path}{heads_name}' is {heads}, which does not divide by "
            f"'{path}{_KEY_VALUE_HEADS}', {shared}"
        )
    sized = any(facts.get(name) is not None for name in _OWN_HEAD_SIZE)
    if width is not None and not sized and width % heads:
        raise UsageError(
            f"{origin}: '{path}{width_name}' is {width}, which does not divide by "
            f"'{path}{heads_name}', {heads}"
        )


def _check_experts(facts: Mapping[str, Any], origin: str, path: str) -> None:
    chosen_name, chosen = _first(facts, _EXPERTS_OF_A_TOKEN)
    name, experts = _first(facts, _EXPERTS_IN_ALL)
    if chosen is not None and experts is not None and chosen > experts:
        raise UsageError(
            f"{origin}: '{path}{chosen_name}' is {chosen}, more than the {experts} of "
            f"'{path}{name}'"
        )


def _first(facts: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, int | None]:
    found = ((name, facts[name]) for name in names if isinstance(facts.get(name), int))
    return next(found, (names[0], None))
