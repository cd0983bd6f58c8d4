"""Models of the zoo with values, at their own widths and shallow, so that most of them fit here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch.utils import _pytree as pytree

from advisor.models.loaded import LoadedModel
from tests.zoo.plain import PLAIN
from tests.zoo.zoo import build, with_tokens

TOKENS = 64


def shallow(name: str) -> LoadedModel:
    """The model `name` on the meta device with few layers; models of plain PyTorch as they are."""
    model = build(name, shallow=True)
    return with_tokens(model, TOKENS) if set(model.keyword_inputs) == {"input_ids"} else model


def real(name: str) -> LoadedModel:
    """`shallow(name)` with random values, on the device that is set when this is called."""
    if name in PLAIN:
        module, tensors = PLAIN[name]()
        return LoadedModel(f"zoo:{name}", module.eval(), tuple(map(_filled, tensors)))
    model = shallow(name)
    described: Any = model.module
    made = type(described)._from_config(described.config, dtype=described.dtype)
    inputs = pytree.tree_map_only(torch.Tensor, _filled, dict(model.keyword_inputs))
    return replace(model, module=made.eval(), keyword_inputs=inputs, weights="random")


def _filled(tensor: torch.Tensor) -> torch.Tensor:
    """Ones are tokens, categories and masks that every model takes."""
    return torch.ones(tensor.shape, dtype=tensor.dtype)
