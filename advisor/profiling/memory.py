"""Peak memory of inference and of a training step with AdamW, on tensors that hold no data.

The categories peak at different moments. Activations peak where the backward pass starts, when
gradients that were set to None are not there yet; gradients are complete where it ends;
AdamW's moments stay from the first step on. Each category is reported at its own peak, so their
sum is what a step needs that keeps its gradients (accumulation), and exceeds a step that frees
them by no more than the gradients. The temporaries of the optimizer's own step are not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch._subclasses import FakeTensorMode

from advisor.errors import ModelError
from advisor.models.loaded import LoadedModel
from advisor.profiling.blocks import Shortcut
from advisor.profiling.invocation import Invocation, batch_size, token_input, without_cache
from advisor.profiling.profile import MemoryProfile
from advisor.profiling.replica import cloned_replica, fake_replica
from advisor.profiling.tracked import (
    Loss,
    StepBytes,
    inference_activation_bytes,
    mean_of_outputs,
    training_step_bytes,
)

Replicate = Callable[[LoadedModel], LoadedModel]

METHOD = "MemTracker under FakeTensorMode, AdamW"


@dataclass(frozen=True)
class CategoryBytes:
    """Peak bytes of each category of one model; linear in the number of its blocks."""

    parameters: int
    buffers: int
    inference_activation: int
    training_activation: int | None
    gradients: int
    optimizer: int


def profile_memory(
    model: LoadedModel, shortcut: Shortcut | None
) -> tuple[MemoryProfile, tuple[str, ...]]:
    """The memory of `model` at its example inputs, with notes on what had to be assumed."""
    if shortcut is None:
        held, notes = _track(model)
        method = METHOD
    else:
        (shallow, notes), (deep, _) = _track(shortcut.shallow), _track(shortcut.deep)
        held = _extrapolated(shortcut, shallow, deep)
        method = (
            f"{METHOD}, from the model with {shortcut.shallow_blocks} and with "
            f"{shortcut.shallow_blocks + shortcut.pattern.period} of its {model.blocks} blocks"
        )
    tokens = token_input(model.inputs, model.keyword_inputs)
    profile = MemoryProfile(
        parameters_bytes=held.parameters,
        buffers_bytes=held.buffers,
        inference_activation_bytes=held.inference_activation,
        training_activation_bytes=held.training_activation,
        gradients_bytes=held.gradients,
        optimizer_bytes=held.optimizer,
        batch_size=batch_size(model.inputs, model.keyword_inputs),
        query_tokens=None if tokens is None else int(tokens.shape[1]),
        method=method,
    )
    return profile, notes


def _extrapolated(shortcut: Shortcut, shallow: CategoryBytes, deep: CategoryBytes) -> CategoryBytes:
    line = shortcut.extrapolate
    fewer, more = shallow.training_activation, deep.training_activation
    return CategoryBytes(
        parameters=line(shallow.parameters, deep.parameters),
        buffers=line(shallow.buffers, deep.buffers),
        inference_activation=line(shallow.inference_activation, deep.inference_activation),
        training_activation=None if fewer is None or more is None else line(fewer, more),
        gradients=line(shallow.gradients, deep.gradients),
        optimizer=line(shallow.optimizer, deep.optimizer),
    )


def _track(model: LoadedModel) -> tuple[CategoryBytes, tuple[str, ...]]:
    """Every category of `model` with all its blocks."""
    try:
        # A loss closes over data of its own, which is real.
        with FakeTensorMode(allow_non_fake_inputs=True):
            return _track_copies(model, fake_replica)
    except Exception as error:
        if model.weights == "meta":
            raise ModelError(
                f"{model.reference}: its memory cannot be tracked without its weights: {error}"
            ) from error
        held, notes = _track_copies(model, cloned_replica)
        return held, (f"memory tracked in a real step, as fake tensors failed: {error}", *notes)


def _track_copies(
    model: LoadedModel, replicate: Replicate
) -> tuple[CategoryBytes, tuple[str, ...]]:
    inference = inference_activation_bytes(_invocation(model, replicate))
    step, notes = _training_step(model, replicate)
    held = CategoryBytes(
        parameters=sum(each.nbytes for each in model.module.parameters()),
        buffers=sum(each.nbytes for each in model.module.buffers()),
        inference_activation=inference,
        training_activation=step.activation,
        gradients=step.gradients,
        optimizer=step.optimizer,
    )
    return held, notes


def _training_step(model: LoadedModel, replicate: Replicate) -> tuple[StepBytes, tuple[str, ...]]:
    """The first way of training that works: as the model is trained, else as near as it gets."""
    notes: list[str] = []
    for description, invocation, loss in _ways_to_train(model, replicate):
        step = _try_step(invocation, loss, description, notes)
        if step is not None:
            return step, tuple(notes)
    trainable = [each for each in model.module.parameters() if each.requires_grad]
    gradients = sum(each.nbytes for each in trainable)
    return StepBytes(None, gradients, 2 * gradients), tuple(notes)


def _try_step(
    invocation: Invocation, loss: Loss, description: str, notes: list[str]
) -> StepBytes | None:
    """The bytes of one step; None, with a note that tells why, where it cannot be made."""
    try:
        return training_step_bytes(invocation, loss)
    except Exception as error:  # noqa: BLE001 - loss and model are the user's code; noted
        notes.append(f"training memory not tracked {description}: {error}")
        return None


def _ways_to_train(
    model: LoadedModel, replicate: Replicate
) -> Iterator[tuple[str, Invocation, Loss]]:
    if model.loss is not None:
        yield "with the model's own loss", _invocation(model, replicate, training=True), model.loss
    invocation = _invocation(model, replicate, training=True)
    yield "on the mean of its outputs", invocation, mean_of_outputs(invocation)
    # Batch normalization refuses a single value for each channel in training mode.
    invocation = _invocation(model, replicate)
    yield "on the mean of its outputs in eval mode", invocation, mean_of_outputs(invocation)


def _invocation(model: LoadedModel, replicate: Replicate, *, training: bool = False) -> Invocation:
    replica = replicate(model)
    replica.module.train(training)
    _frozen_to_buffers(replica.module)
    keyword_inputs = without_cache(replica.module, replica.keyword_inputs)
    return Invocation(replica.module, replica.inputs, keyword_inputs)


def _frozen_to_buffers(module: torch.nn.Module) -> None:
    """Make buffers of parameters that take no gradient: MemTracker hooks every parameter's."""
    for each in module.modules():
        for name, parameter in list(each.named_parameters(recurse=False)):
            if not parameter.requires_grad:
                delattr(each, name)
                each.register_buffer(name, parameter.detach())
