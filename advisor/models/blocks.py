"""Finding the identical blocks of a transformers model, and configuring it with fewer."""

from __future__ import annotations

import copy
from typing import Any

from torch import nn


def uniform_blocks(module: Any) -> int | None:
    """How many identical blocks the model is made of; None where they differ or are not found.

    Blocks are alike when their parameters have the same names and shapes, and when nothing in the
    configuration that is listed layer by layer (kinds of attention, experts, positions) varies.
    """
    config = module.config
    text = config.get_text_config()
    layers = getattr(text, "num_hidden_layers", None)
    if not isinstance(layers, int) or layers < 2 or config.is_encoder_decoder:
        return None
    if any(len(set(map(repr, values))) > 1 for values in _lists_by_layer(text, layers).values()):
        return None
    stacks = [
        child
        for child in module.modules()
        if isinstance(child, nn.ModuleList) and len(child) == layers
    ]
    if len(stacks) != 1 or len({_signature(block) for block in stacks[0]}) != 1:
        return None
    return layers


def with_blocks(config: Any, blocks: int) -> Any:
    """A copy of the configuration with that many layers, lists by layer cut to fit.

    Raises ValueError where `blocks` is not between 1 and the layers of the configuration.
    """
    layers = config.get_text_config().num_hidden_layers
    if not 1 <= blocks <= layers:
        raise ValueError(f"{blocks} blocks asked for; the model has 1 to {layers}")
    shorter = copy.deepcopy(config)
    text = shorter.get_text_config()
    for name, values in _lists_by_layer(text, layers).items():
        setattr(text, name, values[:blocks])
    text.num_hidden_layers = blocks
    return shorter


def _lists_by_layer(config: Any, layers: int) -> dict[str, list[Any] | tuple[Any, ...]]:
    """The entries of a configuration that hold one value for each layer."""
    return {
        name: values
        for name, values in vars(config).items()
        if isinstance(values, list | tuple) and len(values) == layers
    }


def _signature(block: nn.Module) -> tuple[str, ...]:
    """What two blocks must share to be one: types of modules, names and shapes of parameters."""
    modules = (f"{name}:{type(child).__name__}" for name, child in block.named_modules())
    shapes = (f"{name}:{tuple(value.shape)}" for name, value in block.named_parameters())
    return (*modules, *shapes)
