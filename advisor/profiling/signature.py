"""What two blocks must share to cost the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Sequence
from types import BuiltinFunctionType, FunctionType

import torch

from advisor.models.blocks import POSITION_ATTRIBUTES
from advisor.models.own_tensors import own_parameters, own_tensors

_COMPARED = frozenset({type(None), bool, str})
_SHOWN = (
    int, float, bytes, torch.dtype, torch.Size, list, tuple, dict, set, frozenset,
)  # fmt: skip


def signature(block: torch.nn.Module, index: int) -> Hashable:
    """Everything that tells two blocks apart but their values and their place in the chain.

    A place that an attribute keeps counts from the block's own, so `layer_idx` is the same in all
    blocks, and the index of another layer that a block reads from is not.
    """
    return tuple(
        (path, type(each), _attributes(each, index), _tensors(each))
        for path, each in block.named_modules()
    )


def blocks_are_separate(blocks: Sequence[torch.nn.Module]) -> bool:
    """Whether no parameter is part of two blocks, which sums over blocks would count twice."""
    owners: dict[int, int] = {}
    return all(
        owners.setdefault(id(parameter), index) == index
        for index, block in enumerate(blocks)
        for module in block.modules()
        for _, parameter in own_parameters(module)
    )


def _tensors(module: torch.nn.Module) -> Hashable:
    return tuple(
        (name, each.shape, each.dtype, each.requires_grad) for name, each in own_tensors(module)
    )


def _attributes(module: torch.nn.Module, index: int) -> Hashable:
    """Most are switches and names, which are compared as they are."""
    return tuple(
        (key, kind, value)
        if (kind := type(value)) in _COMPARED
        else (key, kind, _told(key, value, index))
        for key, value in vars(module).items()
        if key[0] != "_"
    )


def _told(key: str, value: object, index: int) -> Hashable:
    """An attribute as far as it may decide what the module does.

    Its type is asked, not the value: a configuration looks each name up slowly.
    """
    kind = type(value)
    if kind is int and key.endswith(POSITION_ATTRIBUTES):
        return f"{value - index:+d}"  # type: ignore[operator] # an integer by the line before
    if issubclass(kind, _SHOWN):
        return repr(value)
    if issubclass(kind, FunctionType | BuiltinFunctionType):
        return f"{value.__module__}.{value.__qualname__} {id(value)}"  # type: ignore[attr-defined]
    if dataclasses.is_dataclass(kind) and not hasattr(kind, "model_type"):
        return repr(value)
    return kind.__qualname__
