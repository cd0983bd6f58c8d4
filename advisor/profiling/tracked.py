"""Where inference and a training step peak, and what they hold there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import pairwise
from typing import Any, NamedTuple

import torch

from advisor.profiling.course import ModuleCourse
from advisor.profiling.invocation import Invocation
from advisor.profiling.ledger import Event, Ledger
from advisor.profiling.profile import WorkingMoment
from advisor.profiling.timeline import ALL_BLOCKS, FewBlocks, Moment, Timeline
from advisor.profiling.unpacked import unpacked_sequences
from advisor.profiling.working import working_moments

Loss = Callable[[torch.nn.Module], torch.Tensor]
INPUTS, OPTIMIZER = "(inputs)", "(optimizer)"
"""Stand for the module of tensors that come from outside, and of what a step works with."""


class Run(NamedTuple):
    """The events of a training step by its parts."""

    before: list[Event]
    forward: list[Event]
    backward: list[Event]
    step: list[Event]
    foreach_step: list[Event]


@contextmanager
def _as_in_a_real_run() -> Iterator[None]:
    """Compiled modules run their own code: compiled code hides its operators."""
    with torch.compiler.set_stance("force_eager"), unpacked_sequences():
        yield


def inference_moment(
    invocation: Invocation, blocks: FewBlocks = ALL_BLOCKS
) -> tuple[Moment, tuple[WorkingMoment, ...]]:
    """The peak of a forward pass that keeps nothing for a backward pass; inputs included.

    Beside it what the operators of the pass hold as they run.

    Told for the model that `blocks` are of. Raises UnlikeCourseError where they do not tell it.
    """
    ledger = _ledger_for(invocation, ModuleCourse(invocation))
    start = len(ledger.events)
    with _as_in_a_real_run(), torch.no_grad(), ledger:
        outputs = invocation(*invocation.tensors)
    end = len(ledger.events)
    del outputs  # alive until here: a caller has them
    timeline = Timeline(blocks)
    timeline.pass_through(timeline.outside(ledger.events[:start]))
    peak = timeline.peak("forward", timeline.forward(ledger.events[start:end]))
    weights = peak.by_category["parameters"]
    return peak, working_moments(ledger.events[:end], ledger.worked, weights)


def step_moments(
    invocation: Invocation,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    autocast: AbstractContextManager[Any] | None = None,
    blocks: FewBlocks = ALL_BLOCKS,
) -> tuple[Moment, ...]:
    """The peaks of a training step in its steady state, the second and later ones.

    In order: forward pass; backward pass; what the backward pass holds beside gradients; the
    optimizer's step; and, where it has one, its step over all tensors at once, which it takes on
    accelerators. Gradients were set to None before. The module and the optimizer are changed.
    Told for the model that `blocks` are of.

    Raises UnlikeCourseError where they do not tell it, and whatever the model, its loss or the
    backward pass raises.
    """
    course = ModuleCourse(invocation)
    ledger = _ledger_for(invocation, course)
    bounds = [0, len(ledger.events)]
    with _as_in_a_real_run(), ledger:
        with autocast or nullcontext():
            value = loss(invocation.model)
        bounds.append(len(ledger.events))
        torch.autograd.backward(value)
        bounds.append(len(ledger.events))
        course.rest(OPTIMIZER)
        optimizer.step()
        bounds.append(len(ledger.events))
        _book_gradients_and_states(ledger, invocation, optimizer)
        has_foreach = _step_over_all_at_once(optimizer)
    bounds.append(len(ledger.events))
    run = Run(*(ledger.events[start:end] for start, end in pairwise(bounds)))
    return _moments(Timeline(blocks), _with_states_from_the_start(run), has_foreach)


def _with_states_from_the_start(run: Run) -> Run:
    """What the optimizer made in its first step was there before every later one."""
    made = [each for each in run.step if each.held.category == "optimizer"]
    rest = [each for each in run.step if each.held.category != "optimizer"]
    return run._replace(before=[*run.before, *made], step=rest)


def _moments(timeline: Timeline, run: Run, has_foreach: bool) -> tuple[Moment, ...]:
    timeline.pass_through(timeline.outside(run.before))
    forward, backward = timeline.forward(run.forward), timeline.backward(run.backward)
    moments = [timeline.peak("forward", forward)]
    timeline.pass_through(forward)
    moments.append(timeline.peak("backward", backward))
    moments.append(timeline.peak("backward", backward, beside_gradients=True))
    timeline.pass_through(backward)
    step = timeline.outside(run.step)
    moments.append(timeline.peak("step", step))
    timeline.pass_through(step)
    if has_foreach:
        moments.append(timeline.peak("foreach step", timeline.outside(run.foreach_step)))
    return tuple(moments)


def _ledger_for(invocation: Invocation, course: ModuleCourse) -> Ledger:
    ledger = Ledger(course)
    for path, module in invocation.model.named_modules():
        ledger.book(module.parameters(recurse=False), "parameters", path)
        ledger.book(module.buffers(recurse=False), "buffers", path)
    ledger.book(invocation.tensors, "activations", INPUTS)
    return ledger


def _book_gradients_and_states(
    ledger: Ledger, invocation: Invocation, optimizer: torch.optim.Optimizer
) -> None:
    for path, parameter in invocation.model.named_parameters():
        module = path.rpartition(".")[0]
        ledger.book(_states(optimizer, parameter), "optimizer", module)
        if parameter.grad is not None:
            ledger.book([parameter.grad], "gradients", module)


def _states(optimizer: torch.optim.Optimizer, parameter: Any) -> list[torch.Tensor]:
    state = optimizer.state[parameter].values() if parameter in optimizer.state else ()
    return [each for each in state if isinstance(each, torch.Tensor)]


def _step_over_all_at_once(optimizer: torch.optim.Optimizer) -> bool:
    """Step as PyTorch does by default on accelerators; False where the optimizer cannot."""
    if not all("foreach" in group for group in optimizer.param_groups):
        return False
    before = [group["foreach"] for group in optimizer.param_groups]
    for group in optimizer.param_groups:
        group["foreach"] = True
    optimizer.step()
    for group, foreach in zip(optimizer.param_groups, before, strict=True):
        group["foreach"] = foreach
    return True


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
