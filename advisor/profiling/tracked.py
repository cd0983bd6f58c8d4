"""What MemTracker sees of a forward pass and of a training step, by category."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.distributed._tools.mem_tracker import MemTracker
from torch.utils._python_dispatch import TorchDispatchMode

from advisor.profiling.invocation import Invocation

Loss = Callable[[torch.nn.Module], torch.Tensor]


@dataclass(frozen=True)
class StepBytes:
    """The peaks of a training step, each category at its own moment."""

    activation: int | None
    """None where the step could not be made."""
    gradients: int
    optimizer: int


def inference_activation_bytes(invocation: Invocation) -> int:
    """Peak above parameters and buffers of a forward pass that keeps nothing; inputs included."""
    tracker = MemTracker()
    tracker.track_external(invocation, *invocation.tensors)
    with torch.no_grad(), tracker:
        invocation(*invocation.tensors)
    return _activation_bytes(tracker.get_tracker_snapshot("peak"))


def training_step_bytes(invocation: Invocation, loss: Loss) -> StepBytes:
    """One forward pass, backward pass and AdamW step; the module is changed by it.

    Raises whatever the model, its loss or the backward pass raises.
    """
    trainable = [each for each in invocation.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(trainable)
    tracker = MemTracker()
    tracker.track_external(invocation, optimizer, *invocation.tensors)
    with tracker, _ActivationPeak(tracker) as peak:
        torch.autograd.backward(loss(invocation.model))
    gradients = _category_bytes(tracker.get_tracker_snapshot("current"), "Gradient")
    with tracker:
        optimizer.step()
    moments = _category_bytes(tracker.get_tracker_snapshot("current"), "Optstate")
    return StepBytes(peak.bytes, gradients, moments)


def mean_of_outputs(invocation: Invocation) -> Loss:
    """A loss for a model that brings none: the sum of the means of what it returns.

    The loss raises ValueError where no output carries a gradient.
    """

    def loss(_: torch.nn.Module) -> torch.Tensor:
        outputs = [each for each in invocation(*invocation.tensors) if each.requires_grad]
        if not outputs:
            raise ValueError("no output of the model carries a gradient")
        return torch.stack([each.mean().float() for each in outputs]).sum()

    return loss


class _ActivationPeak(TorchDispatchMode):  # type: ignore[no-untyped-call] # PyTorch's is untyped
    """The most that activations and temporaries hold after any operator.

    The tracker keeps the peak of the total only, and that of a model with many parameters is
    where its gradients are complete and its activations gone.
    """

    def __init__(self, tracker: MemTracker) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # PyTorch's is untyped
        self.bytes = 0
        self._tracker = tracker

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        now = _activation_bytes(self._tracker.get_tracker_snapshot("current"))
        self.bytes = max(self.bytes, now)
        return result


def _activation_bytes(snapshot: dict[Any, dict[Any, int]]) -> int:
    return sum(_category_bytes(snapshot, name) for name in ("Activation", "Temp", "Other"))


def _category_bytes(snapshot: dict[Any, dict[Any, int]], name: str) -> int:
    """Bytes of a category on all devices; the tracker's keys are members of a private enum."""
    return sum(
        held
        for categories in snapshot.values()
        for category, held in categories.items()
        if getattr(category, "value", category) == name
    )
