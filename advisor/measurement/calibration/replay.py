"""The kernels of a model by themselves: what the model takes longer is the host's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from advisor.measurement.calibration.others import after_each_innermost, timed_into


@dataclass(frozen=True)
class _Kernel:
    function: Callable[..., Any]
    operands: tuple[Any, ...]
    keywords: Mapping[str, Any]

    def __call__(self) -> None:
        self.function(*self.operands, **self.keywords)


class Replay:
    """The kernels that one run of a model launched, on the tensors that it launched them on."""

    def __init__(self, module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        recorder = _Recorder()
        with torch.no_grad(), after_each_innermost(module, recorder.mark), recorder:
            module(*inputs)
        self._steps = recorder.steps

    def run(self) -> None:
        for step in self._steps:
            if step is not None:
                step()

    def run_among(self, push_out: Callable[[], object]) -> list[float]:
        """The same with `push_out` after each innermost module; the seconds of each time."""
        spent: list[float] = []
        push = timed_into(spent, push_out)
        for step in self._steps:
            (step or push)()
        return spent


class _Recorder(TorchDispatchMode):
    """Keeps every kernel that is launched, None standing for the end of an innermost module."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # PyTorch's is untyped
        self.steps: list[_Kernel | None] = []

    def mark(self) -> None:
        self.steps.append(None)

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Any = (), kwargs: Any = None
    ) -> Any:
        if not func.is_view:
            operands, keywords = pytree.tree_map_only(torch.Tensor, _kept, (args, kwargs or {}))
            self.steps.append(_Kernel(func, operands, keywords))
        return func(*args, **(kwargs or {}))


def _kept(tensor: torch.Tensor) -> torch.Tensor:
    """Indices as they are now: a later kernel may change them where they lie."""
    return tensor if tensor.is_floating_point() else tensor.clone()
