"""Inputs that the user states by shape: `input_ids=8x128:int64`, or `8x3x224x224` by position."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from advisor.errors import UsageError
from advisor.models.loaded import LoadedModel

FORM = "[NAME=]SHAPE[:DTYPE], as in 8x3x224x224 or input_ids=8x128:int64"
_WRITTEN = re.compile(r"(?:(?P<name>[^\W\d]\w*)=)?(?P<shape>\d+(?:x\d+)*)(?::(?P<dtype>\w+))?")


@dataclass(frozen=True)
class GivenInput:
    """One tensor; without a name it is passed by position."""

    shape: tuple[int, ...]
    dtype: torch.dtype
    name: str | None = None

    def tensor(self, device: torch.device) -> torch.Tensor:
        """Random numbers; zeros for integers, which every table of embeddings has; all true."""
        if self.dtype.is_floating_point or self.dtype.is_complex:
            return torch.randn(self.shape, dtype=self.dtype, device=device)
        return torch.full(self.shape, self.dtype == torch.bool, dtype=self.dtype, device=device)


def parse(text: str) -> GivenInput:
    """Raises UsageError where `text` is not of the form, or names no type of PyTorch."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise UsageError(f"--inputs {text}: it must be {FORM}")
    named = written["dtype"] or "float32"
    dtype = getattr(torch, named, None)
    if not isinstance(dtype, torch.dtype):
        raise UsageError(
            f"--inputs {text}: {named!r} is no type of PyTorch; use float32, bfloat16, int64, bool"
        )
    shape = tuple(map(int, written["shape"].split("x")))
    if 0 in shape:
        raise UsageError(f"--inputs {text}: each size must be 1 or more")
    return GivenInput(shape, dtype, written["name"])


def with_given(model: LoadedModel, given: Sequence[GivenInput]) -> LoadedModel:
    """`model` on these inputs alone; losses and further inputs of its own belong to its others."""
    device = next((each.device for each in model.module.parameters()), torch.device("cpu"))
    depth, with_layers = model.depth, model.with_layers
    return replace(
        model,
        inputs=tuple(each.tensor(device) for each in given if each.name is None),
        keyword_inputs={each.name: each.tensor(device) for each in given if each.name is not None},
        fidelity_inputs=(),
        loss=None,
        depth=None if depth is None else lambda count: with_given(depth(count), given),
        with_layers=(
            None if with_layers is None else lambda indices: with_given(with_layers(indices), given)
        ),
    )
