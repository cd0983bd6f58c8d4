"""A model that is trained: its optimizer, its micro-batches, and the bytes that a step holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch.nn.parallel import DistributedDataParallel
from torch.utils._python_dispatch import is_traceable_wrapper_subclass

from advisor.errors import ModelError, StrategyError
from advisor.measurement.size import stored_bytes
from advisor.measurement.training_data import Batches
from advisor.measurement.training_result import MemoryCategory
from advisor.models.loaded import LoadedModel
from advisor.profiling.ledger import plain_tensors


class Trainee:
    """One module that is trained step by step; raises StrategyError where nothing is trained."""

    def __init__(self, model: LoadedModel, data: Batches, learning_rate: float) -> None:
        self.module, self.data, self.recipe = model.module, data, model.recipe
        self.trained = [each for each in model.module.parameters() if each.requires_grad]
        if not self.trained:
            raise StrategyError(f"{model.reference}: no parameter takes a gradient")
        make = self.recipe.optimizer
        self.optimizer = (
            make(self.trained, learning_rate)
            if make is not None
            else torch.optim.AdamW(self.trained, lr=learning_rate)
        )
        self.losses: list[float] = []
        self.module.train()

    def step(self) -> None:
        """One optimizer step on the batch whose turn it is."""
        self.losses.append(self.gradients(len(self.losses)))
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def gradients(self, step: int) -> float:
        """The gradients of one batch, micro-batch after micro-batch; returns its mean loss."""
        batch = self.data.batch(step)
        total = 0.0
        for index, part in enumerate(self._parts(batch), start=1):
            share = len(part[0]) / len(batch[0])
            with self._exchanging(is_last=index == self.recipe.micro_batches):
                loss = self.data.loss(self.module, *part) * share
                torch.autograd.backward(loss)
            total += float(loss.detach())
        return total

    def _exchanging(self, *, is_last: bool) -> AbstractContextManager[None]:
        """Ranks with the whole model each exchange the gradients of all micro-batches at once."""
        if is_last or not isinstance(self.module, DistributedDataParallel):
            return nullcontext()
        return self.module.no_sync()

    def _parts(self, batch: tuple[torch.Tensor, ...]) -> Iterator[tuple[torch.Tensor, ...]]:
        """Raises ModelError where the batch has fewer samples than parts."""
        if len(batch[0]) < self.recipe.micro_batches:
            raise ModelError(
                f"a batch of {len(batch[0])} samples cannot be divided into "
                f"{self.recipe.micro_batches} micro-batches"
            )
        yield from zip(
            *(each.tensor_split(self.recipe.micro_batches) for each in batch), strict=True
        )

    def held_bytes(self) -> dict[MemoryCategory, int]:
        """Bytes by category; gradients are worked out once more and dropped."""
        with _counting_kept(self.module) as kept:
            self.gradients(len(self.losses))
        gradients = [each.grad for each in self.trained if each.grad is not None]
        # One that is divided over ranks wraps the optimizer of this rank's part.
        optimizer = getattr(self.optimizer, "optim", self.optimizer)
        states = [
            value
            for state in optimizer.state.values()
            for value in state.values()
            if isinstance(value, torch.Tensor)
        ]
        found: dict[MemoryCategory, int] = {
            "parameters": stored_bytes(self.module),
            "gradients": _bytes(gradients),
            "optimizer": _bytes(states),
            "activations": kept[0],
        }
        self.optimizer.zero_grad(set_to_none=True)
        return found


def _bytes(tensors: Iterable[torch.Tensor]) -> int:
    return sum(part.nbytes for each in tensors for part in plain_tensors(each))


@contextmanager
def _counting_kept(module: torch.nn.Module) -> Iterator[list[int]]:
    """Count what is kept for the backward pass: each storage once, the module's own left out.

    The one element of the list is the most that was kept at a time. Of blocks that are checkpointed
    it is their inputs; what is worked out again in the backward pass is not seen here.
    """
    own = {each.untyped_storage().data_ptr() for each in _plain(module)}
    alive: dict[int, tuple[int, int]] = {}
    most = [0]

    def keep(tensor: torch.Tensor) -> Any:
        if is_traceable_wrapper_subclass(tensor):
            return tensor, None
        if _is_parameter(tensor):
            return tensor, None
        place = tensor.untyped_storage().data_ptr()
        if place in own:
            return tensor, None
        size, count = alive.get(place, (tensor.untyped_storage().nbytes(), 0))
        alive[place] = size, count + 1
        most[0] = max(most[0], sum(each for each, _ in alive.values()))
        return tensor, _Release(alive, place)

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda kept: kept[0]):
        yield most


def _is_parameter(tensor: torch.Tensor) -> bool:
    """Or a view of one: parameters that are gathered for a pass are not those the module holds."""
    whole = tensor._base  # noqa: SLF001 - torch has no other name for what a view is of
    return isinstance(tensor if whole is None else whole, torch.nn.Parameter)


class _Release:
    """Takes a tensor off the count when autograd lets go of it."""

    def __init__(self, alive: dict[int, tuple[int, int]], place: int) -> None:
        self._alive, self._place = alive, place

    def __del__(self) -> None:
        size, count = self._alive[self._place]
        if count > 1:
            self._alive[self._place] = size, count - 1
        else:
            del self._alive[self._place]


def _plain(module: torch.nn.Module) -> Iterator[torch.Tensor]:
    for each in (*module.parameters(), *module.buffers()):
        if not is_traceable_wrapper_subclass(each):
            yield each
