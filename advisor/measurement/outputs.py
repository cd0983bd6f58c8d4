"""The one tensor by which the outputs of two modules are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from advisor.profiling.invocation import output_tensors

LOGITS = "logits"
_NAMES = (LOGITS, "last_hidden_state")
"""What model libraries call their main output; a loss or a cache may stand before it."""


@dataclass(frozen=True)
class Output:
    tensor: torch.Tensor
    is_named_logits: bool


def main_output(output: Any) -> Output | None:
    """The output named `logits` or `last_hidden_state`, else the first floating-point tensor.

    None where there is no such tensor.
    """
    for name in _NAMES:
        found = output.get(name) if isinstance(output, Mapping) else getattr(output, name, None)
        if isinstance(found, torch.Tensor) and found.is_floating_point():
            return Output(found, name == LOGITS)
    floating = (each for each in output_tensors(output) if each.is_floating_point())
    first = next(floating, None)
    return None if first is None else Output(first, is_named_logits=False)
