"""Which counter sees a model: fvcore where it can trace it, PyTorch's own where it cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from torch._subclasses import FakeTensorMode

from advisor.errors import ModelError
from advisor.models.loaded import LoadedModel
from advisor.profiling.check import run_once
from advisor.profiling.dispatch_trace import count_with_dispatch
from advisor.profiling.fvcore_trace import count_with_fvcore
from advisor.profiling.phases import PhasePlan, decode_phase, first_phase
from advisor.profiling.profile import CountedBy, Operator, Phase
from advisor.profiling.recorder import Counted
from advisor.profiling.replica import fake_replica, meta_replica, sharing_replica
from advisor.profiling.windows import with_windows

Replicate = Callable[[LoadedModel], LoadedModel]
Plan = Callable[[LoadedModel], PhasePlan]


@dataclass(frozen=True)
class PhaseCount:
    """One phase with every call as its own row, and how it was counted."""

    phase: Phase
    uncounted: Counter[str]
    counted_by: CountedBy
    notes: tuple[str, ...] = ()


def runnable_replica(model: LoadedModel) -> Replicate:
    """How to copy `model` so that the copy runs: without values where its path needs none.

    Raises ModelError where the model fails on its own inputs.
    """
    try:
        run_once(meta_replica(model))
    except ModelError:
        if model.weights == "meta":
            # A mask may be looked at to save work, which only tensors without a mode refuse.
            with FakeTensorMode():
                run_once(fake_replica(model))
            return meta_replica
    else:
        return meta_replica
    run_once(sharing_replica(model))
    return sharing_replica


def count_phases(model: LoadedModel, replicate: Replicate) -> tuple[PhaseCount, ...]:
    """The forward pass, or prefill and decode for a decoder that keeps a cache."""
    first = _count(model, replicate, first_phase)
    if model.decoder is None:
        return (first,)
    try:
        return (first, _count(model, replicate, _decode))
    except NoCacheError:
        note = "no decode phase: the model takes no key-value cache"
        return (replace(first, notes=(*first.notes, note)),)


class NoCacheError(ModelError):
    """A decoder neither takes nor returns a key-value cache."""


def _decode(model: LoadedModel) -> PhasePlan:
    phase = decode_phase(model)
    if phase is None:
        raise NoCacheError(f"{model.reference}: the model returned no key-value cache")
    return phase


def _count(model: LoadedModel, replicate: Replicate, plan: Plan) -> PhaseCount:
    """Count one phase with the first counter that can."""
    phase = plan(replicate(model))
    counted_by: CountedBy = "fvcore"
    notes: tuple[str, ...] = ()
    try:
        counted = _trace(phase, model, replicate, plan)
    except Exception as error:  # noqa: BLE001 - tracing runs the user's code; noted with its cause
        counted = _count_untraced(model, plan, error)
        counted_by = "FlopCounterMode"
        notes = (f"{phase.name} not counted by fvcore, as tracing failed: {_brief(error)}",)
    operators = counted.operators
    if phase.name == "decode":
        operators = tuple(_unpacked(each) for each in operators)
    operators = with_windows(operators, model)
    return PhaseCount(
        Phase(phase.name, phase.batch_size, operators, phase.query_tokens, phase.context_tokens),
        counted.uncounted,
        counted_by,
        notes,
    )


def _trace(phase: PhasePlan, model: LoadedModel, replicate: Replicate, plan: Plan) -> Counted:
    """Trace `phase`, which `plan` made of a copy, or make one with values where only that works.

    Convolutions are an example: their meta kernel is Python, which sees sizes as tensors.
    """
    try:
        return count_with_fvcore(phase.invocation)
    except Exception:
        if model.weights == "meta" or replicate is sharing_replica:
            raise
    return count_with_fvcore(plan(sharing_replica(model)).invocation)


def _unpacked(operator: Operator) -> Operator:
    """Attention of one query token; a model may hand query heads that share keys over as tokens."""
    if operator.kind != "attention" or operator.m is None:
        return operator
    return replace(operator, m=1, batch=operator.batch * operator.m)


def _count_untraced(model: LoadedModel, plan: Plan, traced: Exception) -> Counted:
    try:
        return count_with_dispatch(model, plan)
    except Exception as error:
        raise ModelError(
            f"{model.reference}: its operators cannot be counted: tracing failed with "
            f"{_brief(traced)}, and running it on fake tensors with {_brief(error)}"
        ) from error


def _brief(error: Exception) -> str:
    """Type and first line of an error that PyTorch may spread over a page."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
