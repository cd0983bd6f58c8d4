"""One way of calling a model, as a module that takes and returns plain tensors."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import torch
from torch.utils import _pytree as pytree

MODEL_ATTRIBUTE = "model"
"""The name under which an invocation holds the model, hence the first part of its scopes."""


class Invocation(torch.nn.Module):
    """Calls `model(*inputs, **keyword_inputs)` with `tensors` in the place of their tensors.

    Tracing wants nothing but tensors in and out; a model may take and return dictionaries,
    model outputs and plain values.
    """

    def __init__(
        self, model: torch.nn.Module, inputs: tuple[Any, ...], keyword_inputs: Mapping[str, Any]
    ) -> None:
        super().__init__()
        self.model = model
        self._leaves, self._structure = pytree.tree_flatten((inputs, dict(keyword_inputs)))
        self._slots = [
            index for index, leaf in enumerate(self._leaves) if isinstance(leaf, torch.Tensor)
        ]

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        """The tensors of the example inputs, in the order that `forward` takes them."""
        return tuple(self._leaves[slot] for slot in self._slots)

    @property
    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The example inputs as the model takes them: positional, and by keyword."""
        inputs, keyword_inputs = pytree.tree_unflatten(self._leaves, self._structure)
        return inputs, keyword_inputs

    def forward(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        leaves = list(self._leaves)
        for slot, tensor in zip(self._slots, tensors, strict=True):
            leaves[slot] = tensor
        inputs, keyword_inputs = pytree.tree_unflatten(leaves, self._structure)
        return output_tensors(self.model(*inputs, **keyword_inputs))


def output_tensors(output: Any) -> tuple[torch.Tensor, ...]:
    """Every tensor that a model returned, whatever it wrapped them in."""
    is_plain = isinstance(output, (torch.Tensor, Mapping, list, tuple))
    is_object = hasattr(output, "__dataclass_fields__") or not is_plain
    opened = vars(output) if is_object and hasattr(output, "__dict__") else output
    return tuple(each for each in pytree.tree_leaves(opened) if isinstance(each, torch.Tensor))


def accepts(model: torch.nn.Module, keyword: str) -> bool:
    """Whether the model's forward names `keyword` among its parameters."""
    return keyword in inspect.signature(model.forward).parameters


def without_cache(model: torch.nn.Module, keyword_inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword inputs, with the key-value cache off where the model has such a switch."""
    switch = {"use_cache": False} if accepts(model, "use_cache") else {}
    return {**keyword_inputs, **switch}


def token_input(inputs: tuple[Any, ...], keyword_inputs: Mapping[str, Any]) -> torch.Tensor | None:
    """The first (batch, tokens) integer tensor among the inputs; None where there is none."""
    named = keyword_inputs.get("input_ids")
    for leaf in (named, *pytree.tree_leaves((inputs, dict(keyword_inputs)))):
        if isinstance(leaf, torch.Tensor) and leaf.dim() == 2 and not leaf.is_floating_point():
            return leaf
    return None


def batch_size(inputs: tuple[Any, ...], keyword_inputs: Mapping[str, Any]) -> int:
    """The first dimension of the first tensor that has one; 1 where none has."""
    leaves = pytree.tree_leaves((inputs, dict(keyword_inputs)))
    sizes = (leaf.shape[0] for leaf in leaves if isinstance(leaf, torch.Tensor) and leaf.dim())
    return next(sizes, 1)
