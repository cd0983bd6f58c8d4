"""What two blocks must share to cost the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Sequence
from types import BuiltinFunctionType, FunctionType

import torch

from advisor.models.blocks import POSITION_ATTRIBUTES

_PLAIN = (bool, int, float, str, bytes, torch.dtype, torch.Size)
_CONTAINERS = (list, tuple, dict, set, frozenset)


def signature(block: torch.nn.Module, index: int) -> Hashable:
    """Everything that tells two blocks apart but their values and their place in the chain.

    A place that an attribute keeps counts from the block's own, so `layer_idx` is the same in all
    blocks, and the index of another layer that a block reads from is not.
    """
    modules = tuple(
        (name, type(each), _attributes(each, index)) for name, each in block.named_modules()
    )
    return modules, _tensors(block)


def blocks_are_separate(blocks: Sequence[torch.nn.Module]) -> bool:
    """Whether no parameter is part of two blocks, which sums over blocks would count twice."""
    seen = [id(each) for block in blocks for each in block.parameters()]
    return len(seen) == len(set(seen))


def _tensors(block: torch.nn.Module) -> Hashable:
    held = (
        *block.named_parameters(remove_duplicate=False),
        *block.named_buffers(remove_duplicate=False),
    )
    return tuple((path, each.shape, each.dtype, each.requires_grad) for path, each in held)


def _attributes(module: torch.nn.Module, index: int) -> Hashable:
    return tuple(
        (key, _told(key, value, index))
        for key, value in vars(module).items()
        if not key.startswith("_")
    )


def _told(key: str, value: object, index: int) -> str:
    """An attribute as far as it may decide what the module does."""
    if key.endswith(POSITION_ATTRIBUTES) and type(value) is int:
        return f"{value - index:+d}"
    if value is None or isinstance(value, (*_PLAIN, *_CONTAINERS)):
        return repr(value)
    if isinstance(value, (FunctionType, BuiltinFunctionType)):
        return f"{value.__module__}.{value.__qualname__} {id(value)}"
    if dataclasses.is_dataclass(value) and not hasattr(value, "model_type"):
        return repr(value)
    return type(value).__qualname__
