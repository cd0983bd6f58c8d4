"""A count of multiply-adds that shares nothing with the package's: PyTorch's own formulas.

The model runs under FakeTensorMode with everything composite taken apart: attention by its
mathematical definition, experts as batched products of gathered weights, recurrent layers as
their steps. What is left are the products and convolutions that FlopCounterMode knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch._subclasses import FakeTensorMode
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils import _pytree as pytree
from torch.utils.flop_counter import FlopCounterMode
from transformers import PreTrainedModel

from advisor.models.loaded import LoadedModel
from advisor.profiling.scripted import scripted_functions_as_python


def reference_multiply_adds(model: LoadedModel) -> int:
    """Multiply-adds of one forward pass of `model`, whose module is turned into fake tensors."""
    module = model.module
    if isinstance(module, PreTrainedModel) and module._can_set_experts_implementation():
        module.set_experts_implementation("batched_mm")
    with scripted_functions_as_python(), FakeTensorMode(), torch.no_grad():
        _fake_state(module)
        inputs, keyword_inputs = pytree.tree_map_only(
            torch.Tensor, _fake, (model.inputs, dict(model.keyword_inputs))
        )
        counter = FlopCounterMode(display=False)
        with counter, sdpa_kernel(SDPBackend.MATH), _without_fused_layers():
            module(*inputs, **keyword_inputs)
    return counter.get_total_flops() // 2


@contextmanager
def _without_fused_layers() -> Iterator[None]:
    """Recurrent and transformer layers step by step, not as one operator of the processor's."""
    fast_path = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.backends.mkldnn.flags(enabled=False):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast_path)


def _fake_state(module: torch.nn.Module) -> None:
    """Replace every parameter and buffer by one that claims to be on the CPU, shared ones once."""
    made: dict[int, Any] = {}
    for each in module.modules():
        for held in (each._parameters, each._buffers):
            for name, tensor in held.items():
                if tensor is not None:
                    new = made.setdefault(id(tensor), _fake(tensor))
                    is_parameter = isinstance(tensor, torch.nn.Parameter)
                    held[name] = torch.nn.Parameter(new, False) if is_parameter else new
        for name, tensor in list(vars(each).items()):
            if isinstance(tensor, torch.Tensor):
                setattr(each, name, _fake(tensor))


def _fake(tensor: torch.Tensor) -> torch.Tensor:
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="cpu")
