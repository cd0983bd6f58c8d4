"""How many parameters a model has, how many of them one token uses, and in which type."""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch

_EXPERTS_EACH_TOKEN = ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "top_k_experts")
_EXPERTS = ("num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts")


def parameter_count(module: torch.nn.Module) -> int:
    """Elements of all parameters, shared ones once."""
    return sum(each.numel() for each in module.parameters())


def parameter_bytes(module: torch.nn.Module) -> int:
    """Bytes of all parameters, shared ones once."""
    return sum(each.nbytes for each in module.parameters())


def parameter_dtype(module: torch.nn.Module) -> str:
    """The type that holds the most parameters; float32 for a module without any."""
    elements: Counter[torch.dtype] = Counter()
    for each in module.parameters():
        elements[each.dtype] += each.numel()
    dtype = elements.most_common(1)[0][0] if elements else torch.float32
    return str(dtype).removeprefix("torch.")


def active_parameter_count(module: torch.nn.Module) -> int:
    """Parameters that one token uses: of a mixture's routed experts only those it is sent to.

    The share comes from the model's configuration; without one every parameter is active.
    """
    config: Any = getattr(module, "config", None)
    config = config.get_text_config() if hasattr(config, "get_text_config") else config
    used, experts = _first_number(config, _EXPERTS_EACH_TOKEN), _first_number(config, _EXPERTS)
    if not used or not experts:
        return parameter_count(module)
    routed = sum(
        each.numel()
        for name, each in module.named_parameters()
        if "experts" in name.split(".")[:-1]
    )
    return parameter_count(module) - routed + routed * used // experts


def _first_number(config: Any, names: tuple[str, ...]) -> int | None:
    values = (getattr(config, name, None) for name in names)
    return next((value for value in values if isinstance(value, int)), None)
