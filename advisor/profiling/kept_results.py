"""Keeps a trace whole: PyTorch drops from it whatever no output needs, though the model runs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch._C._functorch import is_functorch_wrapped_tensor
from torch.overrides import TorchFunctionMode
from torch.utils import _pytree as pytree


@contextmanager
def unused_results_kept(module: torch.nn.Module) -> Iterator[None]:
    """Calls of `module`, which returns a tuple of tensors, return every other result too.

    Of floating point only: integers without dimensions stand for shapes in a trace. Tensors of
    `torch.vmap` cannot leave it.
    """
    results = _Results()

    def append(module: Any, inputs: Any, outputs: tuple[torch.Tensor, ...]) -> Any:
        made, results.tensors = results.tensors, []
        return (*outputs, *made)

    handle = module.register_forward_hook(append)
    try:
        with results:
            yield
    finally:
        handle.remove()


class _Results(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.tensors: list[torch.Tensor] = []

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if torch.jit.is_tracing():  # type: ignore[no-untyped-call, attr-defined] # PyTorch's is untyped
            leaves = (result,) if isinstance(result, torch.Tensor) else pytree.tree_leaves(result)
            self.tensors += (each for each in leaves if _is_figure(each))
        return result


def _is_figure(value: Any) -> bool:
    if not isinstance(value, torch.Tensor) or is_functorch_wrapped_tensor(value):
        return False
    # Asked of the tensor itself, either would be one more operator of the trace.
    return bool(value.dtype.is_floating_point or value.dtype.is_complex)
