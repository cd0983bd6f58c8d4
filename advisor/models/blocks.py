"""The blocks that a model is a chain of, and the same model with some of them.

A smaller model is cut out of the built one, not configured anew: the blocks that stay are the
blocks themselves, so a configuration that says by index, interval or list which layer is of which
kind need not be understood. Weights are shared with the whole model, nothing is copied but modules.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from torch import nn

from advisor.models.chains import is_plain_chain
from advisor.models.loaded import LoadedModel
from advisor.models.own_tensors import own_tensors

POSITION_ATTRIBUTES = ("idx", "index", "layer_id")
"""How names end of attributes in which a block keeps its own place, or that of another block."""
_FEWEST = 2


def with_chain(model: LoadedModel, *, follows_config: bool) -> LoadedModel:
    """`model` with `blocks`, `depth` and `with_layers`, where it is a chain of blocks.

    `follows_config` is for models of the transformers library: their configuration tells how many
    layers run, one after the other. Of other modules only those count whose code shows it.
    """
    module = model.module
    found = _configured_lists(module) if follows_config else _plain_lists(module)
    if not found:
        return model
    chain = found[0]
    blocks = len(list(module.get_submodule(chain).children()))

    @cache
    def tensors() -> dict[int, Any]:
        return {id(each): each for part in module.modules() for _, each in own_tensors(part)}

    def with_layers(indices: Sequence[int]) -> LoadedModel:
        return replace(
            model,
            module=_cut(module, chain, indices, tensors()),
            blocks=len(indices),
            chain=chain,
            decoder=model.decoder and replace(model.decoder, layers=len(indices)),
        )

    def depth(count: int) -> LoadedModel:
        if not 1 <= count <= blocks:
            raise ValueError(f"{count} blocks asked for; the model has 1 to {blocks}")
        return with_layers(range(count))

    return replace(model, blocks=blocks, depth=depth, with_layers=with_layers, chain=chain)


def chained(model: LoadedModel) -> LoadedModel:
    """`model` with its chain, where it has one that nobody has looked for yet."""
    if model.with_layers is not None:
        return model
    config = getattr(model.module, "config", None)
    return with_chain(model, follows_config=hasattr(config, "get_text_config"))


def _configured_lists(module: Any) -> list[str]:
    """The one list of as many modules as the configuration has layers, and of that very part."""
    config = module.config
    text = config.get_text_config()
    layers = getattr(text, "num_hidden_layers", None)
    if not isinstance(layers, int) or layers < _FEWEST or config.is_encoder_decoder:
        return []
    found = [
        path
        for path, each in module.named_modules()
        if isinstance(each, nn.ModuleList) and len(each) == layers
        if getattr(_parent(module, path), "config", text) is text
    ]
    return found if len(found) == 1 else []


def _plain_lists(module: nn.Module) -> list[str]:
    """The longest list of one kind of block which the code around it runs through in order."""
    found = [
        path
        for path, each in module.named_modules()
        if isinstance(each, nn.ModuleList | nn.Sequential)
        if len(each) >= _FEWEST and len({type(block) for block in each}) == 1
        if is_plain_chain(each, _parent(module, path) if path else None, path.rpartition(".")[2])
    ]
    found.sort(key=lambda path: -len(list(module.get_submodule(path).children())))
    return found[:1]


def _parent(module: nn.Module, path: str) -> nn.Module:
    return module.get_submodule(path.rpartition(".")[0])


def _cut(
    module: nn.Module, chain: str, indices: Sequence[int], tensors: Mapping[int, Any]
) -> nn.Module:
    """A copy with those blocks only, in that order; `tensors`, by their ids, are shared."""
    memo = dict(tensors)
    container: Any = module.get_submodule(chain)
    whole = len(container)
    fewer = copy.copy(container)
    fewer._modules = {  # noqa: SLF001 - appending to a new list would lose the container's type
        str(place): _moved(copy.deepcopy(container[index], memo), index, place)
        for place, index in enumerate(indices)
    }
    memo[id(container)] = fewer
    smaller = copy.deepcopy(module, memo)
    configs = {
        id(each.config): each.config for each in smaller.modules() if hasattr(each, "config")
    }
    for config in configs.values():
        _select_layers(config, whole, indices)
    return smaller


def _moved(block: nn.Module, index: int, place: int) -> nn.Module:
    """The block, told its new place wherever it kept the old one."""
    for each in block.modules():
        for key, value in vars(each).items():
            if key.endswith(POSITION_ATTRIBUTES) and value == index and type(value) is int:
                setattr(each, key, place)
    return block


def _select_layers(config: Any, layers: int, indices: Sequence[int]) -> None:
    """Tell a transformers configuration of `layers` layers that only those of `indices` are."""
    if getattr(config, "num_hidden_layers", None) != layers:
        return
    for name, values in vars(config).items():
        if isinstance(values, list | tuple) and len(values) == layers:
            setattr(config, name, [values[index] for index in indices])
    config.num_hidden_layers = len(indices)
