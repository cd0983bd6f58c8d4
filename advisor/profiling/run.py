"""`profile`: everything that is to be known of a model before any strategy."""

from __future__ import annotations

import time
from collections.abc import Callable

from advisor.errors import ModelError
from advisor.models.blocks import chained
from advisor.models.loaded import DecoderShape, LoadedModel
from advisor.profiling.blocks import Shortcut, find_shortcut
from advisor.profiling.counting import Replicate, runnable_replica
from advisor.profiling.isolation import heap_set_aside, leaving_no_trace
from advisor.profiling.memory import profile_memory
from advisor.profiling.modules import module_rows
from advisor.profiling.parameters import held_by_module, summarise_parameters
from advisor.profiling.profile import DecoderProfile, ModelProfile
from advisor.profiling.scripted import scripted_functions_as_python
from advisor.profiling.unpacked import unpacked_sequences
from advisor.profiling.work import count_work
from advisor.profiling.wrappers import unwrapped

Progress = Callable[[str, float], None]
"""Takes what is being done now, and the share of the work that is behind it, 0 to 1."""


def _silent(doing: str, done: float) -> None:
    """Progress that nobody watches."""


def profile(model: LoadedModel, progress: Progress = _silent) -> ModelProfile:
    """Count operators, traffic and memory of `model`, which is left as it was.

    No weights are copied or allocated, so a model on the meta device costs no memory; one
    whose path hangs on the values of its weights runs for real.

    Raises ModelError where the model fails on its own inputs or cannot be counted.
    """
    with leaving_no_trace(), unpacked_sequences(), scripted_functions_as_python(), heap_set_aside():
        return _profile(unwrapped(model), progress)


def _profile(model: LoadedModel, progress: Progress) -> ModelProfile:
    started = time.perf_counter()
    progress("running the model once", 0.0)
    shortcut, replicate = _ways(model)
    progress("counting operators", 0.1)
    work = count_work(model, replicate, shortcut)
    memory, memory_notes = profile_memory(
        model, shortcut, lambda doing, done: progress(doing, 0.6 + 0.4 * done)
    )
    progress("done", 1.0)
    module, chain = model.module, chained(model)
    every = held_by_module(module)
    held = summarise_parameters(module, every[module])
    return ModelProfile(
        reference=model.reference,
        model_type=type(module).__name__,
        parameters=held.count,
        active_parameters=held.active,
        dtype=held.dtype,
        weights=model.weights,
        weights_bytes=held.bytes,
        phases=work.phases,
        modules=module_rows(module, every, work.by_module),
        memory=memory,
        counted_by=work.counted_by,
        uncounted_operators=work.uncounted,
        decoder=decoder_profile(model.decoder),
        elapsed_s=model.construction_s + time.perf_counter() - started,
        workload=model.workload,
        metric=model.evaluation.metric if model.evaluation else None,
        higher_is_better=model.evaluation.higher_is_better if model.evaluation else True,
        notes=(*work.notes, *memory_notes),
        chain=chain.chain,
        blocks=chain.blocks,
    )


def _ways(model: LoadedModel) -> tuple[Shortcut | None, Replicate]:
    """The shortcut through `model` where one runs, and how to copy the model so that it runs.

    Raises ModelError where the model fails on its own inputs.
    """
    shortcut = find_shortcut(model)
    if shortcut is not None:
        try:
            return shortcut, runnable_replica(shortcut.sample)
        # The model may count its blocks, or fail in all its sizes; the whole one tells.
        except ModelError:
            pass
    return None, runnable_replica(model)


def decoder_profile(decoder: DecoderShape | None) -> DecoderProfile | None:
    """The facts of a decoder as projections want them."""
    if decoder is None:
        return None
    return DecoderProfile(
        layers=decoder.layers,
        hidden_size=decoder.hidden_size,
        key_value_elements_per_token=decoder.key_value_elements_per_token(),
        max_context_tokens=decoder.max_context_tokens,
        windowed_elements_per_token=decoder.windowed_elements_per_token(),
        window_tokens=decoder.window_tokens,
    )
