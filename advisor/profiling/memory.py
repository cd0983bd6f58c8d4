"""Peak memory of inference and of a training step, on tensors that hold no data.

The peak is of the total, at the one moment where it is largest. Which moment that is depends on
batch size and sharding, so the peaks of forward pass, backward pass and optimizer step are told
apart, each with what it consists of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from advisor.errors import CancelledError, ModelError
from advisor.models.loaded import LoadedModel
from advisor.profiling.blocks import Shortcut
from advisor.profiling.fake_tensors import FakeTensors
from advisor.profiling.few_blocks import few_blocks
from advisor.profiling.invocation import batch_size, token_input
from advisor.profiling.profile import Holder, MemoryMoment, MemoryProfile, WorkingMoment
from advisor.profiling.replica import cloned_replica, fake_replica
from advisor.profiling.timeline import ALL_BLOCKS, FewBlocks, Moment, UnlikeCourseError
from advisor.profiling.tracked import inference_moment
from advisor.profiling.training import Replicate, StepMemory, invocation_for, training_step
from advisor.profiling.training_setting import DEFAULT_SETTING, TrainingSetting

METHOD = "storages under FakeTensorMode, AdamW"
MOST_HOLDERS = 8

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class TrackedMemory:
    """What one model holds."""

    parameters: int
    buffers: int
    inference: Moment
    working: tuple[WorkingMoment, ...]
    training: StepMemory


def _silent(doing: str, done: float) -> None:
    """Progress that nobody watches."""


def profile_memory(
    model: LoadedModel, shortcut: Shortcut | None, progress: Progress = _silent
) -> tuple[MemoryProfile, tuple[str, ...]]:
    """The memory of `model` at its example inputs, with notes on what had to be assumed.

    Raises ModelError where a model without weights can be tracked in no way.
    """
    (held, notes), method = _tracked(model, shortcut, progress)
    tokens = token_input(model.inputs, model.keyword_inputs)
    profile = MemoryProfile(
        parameters_bytes=held.parameters,
        buffers_bytes=held.buffers,
        inference_activation_bytes=held.inference.by_category["activations"]
        + held.inference.by_category["temporaries"],
        gradients_bytes=held.training.gradients,
        optimizer_bytes=held.training.optimizer,
        training_moments=tuple(map(_told, held.training.moments)),
        batch_size=batch_size(model.inputs, model.keyword_inputs),
        query_tokens=None if tokens is None else int(tokens.shape[1]),
        method=method,
        inference_holders=_largest(held.inference),
        inference_moments=held.working,
    )
    return profile, notes


def training_memory(
    model: LoadedModel, setting: TrainingSetting = DEFAULT_SETTING
) -> tuple[tuple[Moment, ...], tuple[str, ...]]:
    """The peaks of a training step of `model` under `setting`, with notes.

    A model with weights whose path hangs on values takes a real step. Empty, with notes, where no
    way of training it could be tracked. Raises StrategyError where it cannot be trained so.
    """
    with FakeTensors(allow_real=True):
        step = training_step(model, fake_replica, setting)
    if not step.moments and model.weights != "meta":
        step = training_step(model, cloned_replica, setting)
    return step.moments, step.notes


def inference_memory(model: LoadedModel, *, cached: bool = False) -> Moment:
    """The peak of a forward pass; `cached` where it returns its key-value cache."""
    with FakeTensors(allow_real=True):
        return inference_moment(invocation_for(model, fake_replica, cached=cached))[0]


def _told(moment: Moment) -> MemoryMoment:
    return MemoryMoment(
        phase=moment.phase,
        gradients_bytes=moment.by_category["gradients"],
        optimizer_bytes=moment.by_category["optimizer"],
        activations_bytes=moment.by_category["activations"],
        temporaries_bytes=moment.by_category["temporaries"],
        module=moment.module,
        holders=_largest(moment),
    )


def _largest(moment: Moment) -> tuple[Holder, ...]:
    ranked = sorted(moment.by_module.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Holder(module, held) for module, held in ranked[:MOST_HOLDERS] if held > 0)


def _tracked(
    model: LoadedModel, shortcut: Shortcut | None, progress: Progress
) -> tuple[tuple[TrackedMemory, tuple[str, ...]], str]:
    """What `model` holds, with notes, and how that was found."""
    few = None if shortcut is None else few_blocks(shortcut)
    if few is not None:
        sample, blocks = few
        try:
            return _track(sample, progress, blocks), f"{METHOD}, {blocks.told_from}"
        # A block may run twice, or frozen ones take no part in the backward pass.
        except UnlikeCourseError:
            pass
    return _track(model, progress), METHOD


def _track(
    model: LoadedModel, progress: Progress, blocks: FewBlocks = ALL_BLOCKS
) -> tuple[TrackedMemory, tuple[str, ...]]:
    """What the model that `blocks` are of holds, told from `model`, which has those."""
    try:
        # A loss closes over data of its own, which is real.
        with FakeTensors(allow_real=True):
            return _track_copies(model, fake_replica, progress, blocks)
    except (CancelledError, UnlikeCourseError):
        raise
    except Exception as error:
        if model.weights == "meta":
            raise ModelError(
                f"{model.reference}: its memory cannot be tracked without its weights: {error}"
            ) from error
        held, notes = _track_copies(model, cloned_replica, progress, blocks)
        return held, (f"memory tracked in a real step, as fake tensors failed: {error}", *notes)


def _track_copies(
    model: LoadedModel, replicate: Replicate, progress: Progress, blocks: FewBlocks
) -> tuple[TrackedMemory, tuple[str, ...]]:
    progress("tracking memory of a forward pass", 0.0)
    inference, working = inference_moment(invocation_for(model, replicate), blocks)
    progress("tracking memory of a training step", 0.3)
    step = training_step(model, replicate, blocks=blocks)
    held = TrackedMemory(
        parameters=inference.by_category["parameters"],
        buffers=inference.by_category["buffers"],
        inference=inference,
        working=working,
        training=step,
    )
    return held, step.notes
