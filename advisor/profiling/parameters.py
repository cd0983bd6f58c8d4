"""How many parameters a model has, how many of them one token uses, and in which type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from advisor.models.own_tensors import own_parameters

_EXPERTS_EACH_TOKEN = ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "top_k_experts")
_EXPERTS = ("num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts")


@dataclass(frozen=True)
class ParameterSummary:
    """Shared parameters count once."""

    count: int
    active: int
    """Those that one token uses: of a mixture's routed experts only those it is sent to."""
    bytes: int
    dtype: str
    """The type that holds the most of them; float32 for a module without any."""


class Held(NamedTuple):
    """The parameters in a module and below it, by their ids: those it shares are there once."""

    parameters: dict[int, torch.nn.Parameter]
    elements: int
    bytes: int


def held_by_module(module: torch.nn.Module) -> Mapping[torch.nn.Module, Held]:
    """What `module` and every module below it hold."""
    every: dict[torch.nn.Module, Held] = {}
    _take_in(module, every)
    return every


def _take_in(module: torch.nn.Module, every: dict[torch.nn.Module, Held]) -> Held:
    known = every.get(module)
    if known is not None:
        return known
    own = _sized({id(each): each for _, each in own_parameters(module)})
    children = list(module.children())
    held = _together([own, *(_take_in(each, every) for each in children)]) if children else own
    every[module] = held
    return held


def _together(parts: Sequence[Held]) -> Held:
    parameters: dict[int, torch.nn.Parameter] = {}
    for part in parts:
        parameters.update(part.parameters)
    if len(parameters) < sum(len(part.parameters) for part in parts):
        return _sized(parameters)
    return Held(parameters, sum(each.elements for each in parts), sum(e.bytes for e in parts))


def _sized(parameters: dict[int, torch.nn.Parameter]) -> Held:
    held = parameters.values()
    return Held(parameters, sum(each.numel() for each in held), sum(each.nbytes for each in held))


def summarise_parameters(module: torch.nn.Module, held: Held) -> ParameterSummary:
    """Of `held`, which `module` holds."""
    elements: Counter[torch.dtype] = Counter()
    for each in held.parameters.values():
        elements[each.dtype] += each.numel()
    dtype = elements.most_common(1)[0][0] if elements else torch.float32
    return ParameterSummary(
        count=held.elements,
        active=held.elements - _idle(module),
        bytes=held.bytes,
        dtype=str(dtype).removeprefix("torch."),
    )


def _idle(module: torch.nn.Module) -> int:
    """Parameters of experts that one token is not sent to.

    The share comes from the model's configuration; without one every parameter is active.
    """
    config: Any = getattr(module, "config", None)
    config = config.get_text_config() if hasattr(config, "get_text_config") else config
    used, experts = _first_number(config, _EXPERTS_EACH_TOKEN), _first_number(config, _EXPERTS)
    if not used or not experts:
        return 0
    routed = sum(
        each.numel()
        for path, each in module.named_parameters()
        if "experts" in path.split(".")[:-1]
    )
    return routed - routed * used // experts


def _first_number(config: Any, names: tuple[str, ...]) -> int | None:
    values = (getattr(config, name, None) for name in names)
    return next((value for value in values if isinstance(value, int)), None)
