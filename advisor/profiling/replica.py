"""Copies of a model that share nothing with it but, where wanted, the values of its weights."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch.utils import _pytree as pytree

from advisor.errors import ModelError
from advisor.models.loaded import LoadedModel


def meta_replica(model: LoadedModel) -> LoadedModel:
    """A copy in eval mode with shapes and types only, so that running it costs no memory."""
    return _replica(model, lambda tensor: torch.empty_like(tensor, device="meta"))


def fake_replica(model: LoadedModel) -> LoadedModel:
    """A copy whose tensors claim to be on the CPU; call it under `FakeTensorMode`."""
    return _replica(
        model,
        lambda tensor: torch.empty_strided(
            tensor.shape, tensor.stride(), dtype=tensor.dtype, device="cpu"
        ),
    )


def sharing_replica(model: LoadedModel) -> LoadedModel:
    """A copy in eval mode that reads the same weights, for models whose path hangs on values."""
    return _replica(model, lambda tensor: tensor.detach())


def cloned_replica(model: LoadedModel) -> LoadedModel:
    """A copy in eval mode with values of its own, which may be trained."""
    return _replica(model, lambda tensor: tensor.detach().clone())


def _replica(model: LoadedModel, substitute: Callable[[torch.Tensor], torch.Tensor]) -> LoadedModel:
    """Deep-copy the module with every tensor replaced; hooks and modes of the original stay."""
    memo: dict[int, Any] = {}
    with torch.no_grad():
        for tensor in _held_tensors(model.module):
            new = substitute(tensor)
            if isinstance(tensor, torch.nn.Parameter):
                new = torch.nn.Parameter(new, requires_grad=tensor.requires_grad)
            memo[id(tensor)] = new
        inputs, keyword_inputs = pytree.tree_map_only(
            torch.Tensor, substitute, (model.inputs, dict(model.keyword_inputs))
        )
    try:
        module = copy.deepcopy(model.module, memo)
    except (TypeError, RuntimeError, AttributeError) as error:
        raise ModelError(
            f"{model.reference}: {type(model.module).__name__} cannot be copied for profiling: "
            f"{error}"
        ) from error
    return replace(model, module=module.eval(), inputs=inputs, keyword_inputs=keyword_inputs)


def _held_tensors(module: torch.nn.Module) -> Iterator[torch.Tensor]:
    """Parameters, buffers, and tensors that modules keep as plain attributes."""
    yield from module.parameters()
    yield from module.buffers()
    for each in module.modules():
        yield from (value for value in vars(each).values() if isinstance(value, torch.Tensor))
