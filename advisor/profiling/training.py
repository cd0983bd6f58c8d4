"""The training step whose memory is tracked: as the model is trained, or as near as it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from advisor.errors import AdvisorError
from advisor.models.loaded import LoadedModel
from advisor.profiling.invocation import Invocation, accepts, token_input, without_cache
from advisor.profiling.timeline import ALL_BLOCKS, FewBlocks, Moment, UnlikeCourseError
from advisor.profiling.tracked import Loss, mean_of_outputs, step_moments
from advisor.profiling.training_setting import (
    DEFAULT_SETTING,
    TrainingSetting,
    autocast_for,
    input_dtype,
    optimizer_for,
    prepare,
)

Replicate = Callable[[LoadedModel], LoadedModel]


@dataclass(frozen=True)
class StepMemory:
    """The moments of a step, and all gradients and states; no moments where none could be made."""

    moments: tuple[Moment, ...]
    gradients: int
    optimizer: int
    notes: tuple[str, ...] = ()


def training_step(
    model: LoadedModel,
    replicate: Replicate,
    setting: TrainingSetting = DEFAULT_SETTING,
    blocks: FewBlocks = ALL_BLOCKS,
) -> StepMemory:
    """The first way of training that works; told for the model that `blocks` are of.

    Raises StrategyError where the model cannot be trained as `setting` says, UnlikeCourseError
    where the blocks do not tell of the whole model.
    """
    notes: list[str] = []
    for description, invocation, loss in ways_to_train(model, replicate, setting):
        try:
            optimizer = optimizer_for(invocation.model, setting)
            autocast = autocast_for(setting, "cpu")
            moments = step_moments(invocation, loss, optimizer, autocast, blocks)
        except (AdvisorError, UnlikeCourseError):
            raise
        except Exception as error:  # noqa: BLE001 - loss and model are the user's code; noted
            notes.append(f"training memory not tracked {description}: {error}")
            continue
        # The states are complete in every moment, the gradients where the step starts.
        complete = next(each for each in moments if each.phase == "step").by_category
        return StepMemory(moments, complete["gradients"], complete["optimizer"], tuple(notes))
    trainable = [each for each in model.module.parameters() if each.requires_grad]
    gradients = sum(each.nbytes for each in trainable)
    return StepMemory((), gradients, 2 * gradients, tuple(notes))


def ways_to_train(
    model: LoadedModel, replicate: Replicate, setting: TrainingSetting
) -> Iterator[tuple[str, Invocation, Loss]]:
    def invocation(*, training: bool) -> Invocation:
        return invocation_for(model, replicate, setting, training=training)

    if model.loss is not None:
        yield "with the model's own loss", invocation(training=True), model.loss
    if model.decoder is not None and accepts(model.module, "labels"):
        called = invocation(training=True)
        yield "on the loss of its next tokens", called, next_token_loss(called)
    called = invocation(training=True)
    yield "on the mean of its outputs", called, mean_of_outputs(called)
    # Batch normalization refuses a single value for each channel in training mode.
    called = invocation(training=False)
    yield "on the mean of its outputs in eval mode", called, mean_of_outputs(called)


def next_token_loss(invocation: Invocation) -> Loss:
    """The cross-entropy that a decoder of the transformers library computes of its own tokens."""

    def loss(model: torch.nn.Module) -> torch.Tensor:
        inputs, keyword_inputs = invocation.arguments
        tokens = token_input(inputs, keyword_inputs)
        value: torch.Tensor = model(*inputs, **keyword_inputs, labels=tokens).loss
        return value

    return loss


def invocation_for(
    model: LoadedModel,
    replicate: Replicate,
    setting: TrainingSetting | None = None,
    *,
    training: bool = False,
    cached: bool = False,
) -> Invocation:
    """A call of a copy of `model`, made ready for `setting` where one is given.

    Raises StrategyError where the model cannot be trained so.
    """
    replica = replicate(model)
    module = replica.module
    inputs: Any = (replica.inputs, dict(replica.keyword_inputs))
    module.train(training)
    if setting is not None:
        prepare(module, setting, model.chain)
        dtype = input_dtype(setting)
        if dtype is not None:
            inputs = pytree.tree_map_only(torch.Tensor, lambda each: _cast(each, dtype), inputs)
    positional, by_keyword = inputs
    if not cached:
        by_keyword = without_cache(module, by_keyword)
    return Invocation(module, positional, by_keyword)


def _cast(tensor: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return tensor.to(dtype) if tensor.is_floating_point() else tensor
