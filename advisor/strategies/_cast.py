"""Casting a model to another floating-point format for good, its inputs as they come."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.models.loaded import LoadedModel

if TYPE_CHECKING:
    import torch


def cast_to(model: LoadedModel, dtype: torch.dtype) -> LoadedModel:
    """Weights and buffers of `model` in `dtype`; floating-point inputs are cast on the way in."""
    import torch

    def cast_inputs(
        module: torch.nn.Module, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> tuple[tuple[object, ...], dict[str, object]]:
        del module
        return tuple(cast(arg) for arg in args), {key: cast(arg) for key, arg in kwargs.items()}

    def cast(value: object) -> object:
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            return value.to(dtype)
        return value

    module = model.module.to(dtype)
    module.register_forward_pre_hook(cast_inputs, with_kwargs=True)
    return replace(model, module=module)
