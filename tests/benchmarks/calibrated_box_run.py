"""One subject of the calibrated-box benchmark: its operators, and its runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch.utils import _pytree as pytree

from advisor.measurement.calibration.timing import Sample, sample
from advisor.measurement.timing import Stopwatch
from advisor.models.loaded import LoadedModel
from advisor.profiling.counting import count_phases, runnable_replica
from advisor.profiling.invocation import without_cache
from advisor.profiling.phases import decode_phase
from advisor.profiling.profile import Phase
from advisor.strategies.selection import apply_selection, parse_selection
from tests.benchmarks.calibrated_box_models import FLOAT_TYPES, Subject

WARM_UP_RUNS = 3
Step = Callable[[], Sample]


def loaded(subject: Subject) -> LoadedModel:
    """The subject in its number format, the same weights each time."""
    torch.manual_seed(0)
    model, dtype = subject.build(), FLOAT_TYPES[subject.dtype]

    def cast(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.to(dtype) if tensor.is_floating_point() else tensor

    return replace(
        model,
        module=model.module.to(dtype).eval(),
        inputs=pytree.tree_map_only(torch.Tensor, cast, model.inputs),
        keyword_inputs=pytree.tree_map_only(torch.Tensor, cast, dict(model.keyword_inputs)),
    )


def profiled(subject: Subject) -> Phase:
    """The phase as eager transformers runs it, which copies its key-value cache at each step."""
    model = loaded(subject)
    counts = count_phases(model, runnable_replica(model))
    phase = next(each.phase for each in counts if each.phase.name == subject.phase)
    return replace(phase, name="forward")


def warmed_up(subject: Subject) -> Step:
    """What runs the subject once, after a few runs."""
    model = loaded(subject)
    if subject.strategies:
        model = apply_selection(model, parse_selection(subject.strategies))
    step = _decode_step(model) if subject.phase == "decode" else _forward(model)
    for _ in range(WARM_UP_RUNS):
        step()
    return step


def _forward(model: LoadedModel) -> Step:
    keywords = dict(model.keyword_inputs)
    if model.decoder is not None:
        keywords = without_cache(model.module, keywords)
    return lambda: _timed(model.module, model.inputs, keywords)


def _decode_step(model: LoadedModel) -> Step:
    """One token after the prompt, the cache cut back to the prompt after each step."""
    plan = decode_phase(model)
    assert plan is not None
    inputs, keywords = plan.invocation.arguments

    def step() -> Sample:
        timed = _timed(model.module, inputs, keywords)
        keywords["past_key_values"].crop(-1)
        return timed

    return step


def _timed(module: torch.nn.Module, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Sample:
    with torch.no_grad():
        return sample(Stopwatch(torch.device("cpu")), lambda: module(*inputs, **keywords))
