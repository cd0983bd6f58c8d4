"""A decoder under a serving engine: seconds of a prefill and of a decode step.

A step takes the host time that the device waits for, and then the larger of the device's kernels
and their launches: one graph where the engine has recorded it, else operator by operator. Tensor
parallel ranks split every operator and add two all-reduces of the hidden state a layer (Shoeybi
et al. 2019, "Megatron-LM", §3). A token passes the stages of a pipeline one after the other;
in steady state each stage works on another part of the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from advisor.catalog import load as catalog
from advisor.catalog.engine import Joined, Serving
from advisor.catalog.hardware import Hardware
from advisor.catalog.quantity import Quantity, Source
from advisor.errors import UnknownNameError
from advisor.profiling.profile import ModelProfile
from advisor.projection.columns import SetupColumns
from advisor.projection.distinct import taken
from advisor.projection.memory import cache_elements
from advisor.projection.operators import Flags, Floats, operator_table
from advisor.projection.parallel import UNSTATED_LINK, all_reduce_seconds, is_linked, send_seconds
from advisor.projection.phases import Kernels, Part, decoder_phases, run_kernels
from advisor.projection.scenario import Cases, costly_each, helpful
from advisor.projection.setup import Execution, Setup
from advisor.projection.time import GRAPH_LAUNCHES, Load, is_timed_processor

PLAIN = "pytorch"
_JOINED: tuple[tuple[Joined, ...], ...] = (
    (), ("attention",), ("feed-forward",), ("attention", "feed-forward"),
)  # fmt: skip
UNPACKED_CACHE_COPIES = 2.0
"""Plain PyTorch's attention reads no quantized cache: transformers' QuantizedCache writes it out
in the computing format at each step, and attention reads that."""
_AS_IT_IS = Source("the model's own forward pass, step by step", "2026-11-23", "high")
_PLAIN_SERVING = {
    execution: Serving(
        _AS_IT_IS,
        fused=execution != "eager",
        captured=execution == "captured",
        continuous_batching=True,
    )
    for execution in get_args(Execution)
}


def serving_of(setup: Setup) -> Serving:
    """What `setup` is served by; UnknownNameError lists the engines that serve."""
    if setup.engine is None:
        return _PLAIN_SERVING[setup.execution]
    found = catalog.engines().get(setup.engine)
    if found is None or found.serving is None:
        serve = [name for name, engine in catalog.engines().items() if engine.serving]
        raise UnknownNameError("serving engine", setup.engine, serve)
    return found.serving


def _unpacks_cache(setup: Setup) -> bool:
    return setup.engine is None and setup.key_value_format != "native"


def served_setup(setup: Setup) -> Setup:
    """`setup` with the execution and the attention that its engine gives a model."""
    serving = serving_of(setup)
    if setup.engine is None or not serving.fused:
        return setup
    execution: Execution = "captured" if serving.captured else "compiled"
    return replace(setup, execution=execution, attention="fused")


@dataclass(frozen=True)
class EngineColumns:
    """The engines of a batch of setups; arrays of shape (setups,), seconds of one case."""

    step_s: Floats
    parallel_step_s: Floats
    dispatch_s: Floats
    launch_s: Floats
    fused: Flags
    captured: Flags
    captured_context: Floats
    captured_batch: Floats
    memory_fraction: Floats
    cache_block: Floats
    all_logits: Flags
    float32_logits: Flags
    cache_copies: Floats
    widened_copies: Floats
    continuous: Flags
    joined: NDArray[np.intp]
    """Indices into `_JOINED`: the blocks whose products of one input are one."""
    chunk_tokens: Floats
    """NaN where prompts are not taken in by chunks."""

    def repeated(self, times: int) -> EngineColumns:
        """Each setup `times` times over, next to each other."""
        return EngineColumns(
            **{each.name: np.repeat(getattr(self, each.name), times) for each in fields(self)}
        )


def engine_columns(setups: Sequence[Setup], hardware: Hardware, case: Cases) -> EngineColumns:
    """The engines of `setups` as arrays."""
    engines = [serving_of(setup) for setup in setups]

    def seconds(quantities: list[Quantity], unit: float) -> Floats:
        return costly_each(quantities, case) * unit

    def limit(values: list[int | None]) -> Floats:
        return np.array([np.inf if value is None else float(value) for value in values])

    own = hardware.efficiency
    return EngineColumns(
        step_s=seconds([each.step_ms for each in engines], 1e-3),
        parallel_step_s=seconds([each.tensor_parallel_step_ms for each in engines], 1e-3),
        dispatch_s=seconds([_dispatch_us(each, hardware) for each in engines], 1e-6),
        launch_s=seconds([own.launch_us for _ in engines], 1e-6),
        fused=np.array([each.fused for each in engines]),
        captured=np.array([each.captured for each in engines]),
        captured_context=limit([each.captured_context_tokens for each in engines]),
        captured_batch=limit([each.captured_batch_size for each in engines]),
        memory_fraction=np.array([each.memory_fraction for each in engines]),
        cache_block=np.array([float(each.cache_block_tokens) for each in engines]),
        all_logits=np.array([each.logits != "last token" for each in engines]),
        float32_logits=np.array([each.logits == "all tokens in 32 bits" for each in engines]),
        cache_copies=np.array(
            [
                each.cache_copies + (UNPACKED_CACHE_COPIES if _unpacks_cache(setup) else 0.0)
                for each, setup in zip(engines, setups, strict=True)
            ]
        ),
        widened_copies=np.array([each.widened_copies for each in engines]),
        continuous=np.array([each.continuous_batching for each in engines]),
        joined=np.array([_JOINED.index(tuple(sorted(each.joined_products))) for each in engines]),
        chunk_tokens=np.array([setup.chunked_prefill_tokens or np.nan for setup in setups], float),
    )


def _dispatch_us(engine: Serving, hardware: Hardware) -> Quantity:
    """The engine's own, with the Python of its modules, unless this very processor was timed."""
    own = hardware.efficiency.dispatch_us
    return own if is_timed_processor(hardware) else engine.dispatch_us or own


@dataclass(frozen=True)
class Running:
    """What stays the same for every step of a batch of deployments."""

    profile: ModelProfile
    hardware: Hardware
    columns: SetupColumns
    engine: EngineColumns
    tensor: Floats
    pipeline: Floats
    fused_attention: Flags
    case: Cases

    def every(self, step: int) -> Running:
        """The first of every `step` setups."""
        rows = slice(None, None, step)
        return replace(
            self,
            columns=taken(self.columns, rows),
            engine=taken(self.engine, rows),
            tensor=self.tensor[rows],
            pipeline=self.pipeline[rows],
            fused_attention=self.fused_attention[rows],
            case=self.case if isinstance(self.case, str) else self.case[rows],
        )


def prefill_seconds(running: Running, batch: Floats, prompt: Floats) -> Floats:
    """Seconds until `batch` prompts of `prompt` tokens are in the cache, with their logits."""
    parts = np.minimum(running.pipeline, batch)
    each = batch / parts
    load = Load(each, prompt, prompt, running.tensor)
    body = _kernels(running, "prefill", load)
    logits = np.where(running.engine.all_logits, prompt, 1.0)
    head = _kernels(running, "head", Load(each, logits, logits, running.tensor))
    one = _step(running, body, head, captured=np.zeros(len(batch), bool))
    one = one + _exchange_seconds(running, each * prompt)
    # The parts follow each other through the stages, as carriages through stations.
    return np.asarray(one * (parts + running.pipeline - 1) / running.pipeline + _waiting(running))


def decode_seconds(running: Running, batch: Floats, context: Floats) -> Floats:
    """Seconds of one token for each of `batch` sequences with `context` tokens in the cache."""
    each = np.maximum(batch / running.pipeline, 1.0)
    one = np.ones_like(batch)
    load = Load(each, one, context, running.tensor)
    body = _kernels(running, "decode", load)
    copied = each * _copied_seconds(running, context)
    body = replace(body, device_s=body.device_s + copied)
    head = _kernels(running, "head", Load(each, one, one, running.tensor))
    recorded = (
        running.engine.captured
        & (context <= running.engine.captured_context)
        & (each <= running.engine.captured_batch)
    )
    step = _step(running, body, head, captured=recorded)
    return np.asarray(step + _exchange_seconds(running, each) + _waiting(running))


def _copied_seconds(running: Running, context: Floats) -> Floats:
    """What the engine copies of one sequence's cache at each step."""
    memory = running.hardware.memory
    engine, item = running.engine, running.columns.key_value_item_bytes
    held = cache_elements(running.profile, context) * running.columns.heads_kept
    widened = context * decoder_phases(running.profile).widened_elements
    moved = (engine.cache_copies * held + engine.widened_copies * widened) * item
    reached = helpful(running.hardware.efficiency.bandwidth_fraction, running.case)
    return np.asarray(moved / running.tensor / (memory.bandwidth_gb_per_s * 1e9 * reached))


def _kernels(running: Running, part: Part, load: Load) -> Kernels:
    """Kernels of one part of a decoder, put together as each setup and its engine have it."""
    variant = running.fused_attention + 2 * running.engine.joined
    device_s, launches = np.zeros_like(load.batch_size), np.zeros_like(load.batch_size)
    for each in np.flatnonzero(np.bincount(variant)):
        joined, fused = divmod(int(each), 2)
        found = _kernels_as(running, part, load, fused=bool(fused), joined=_JOINED[joined])
        own = variant == each
        device_s = np.where(own, found.device_s, device_s)
        launches = np.where(own, found.launches, launches)
    return Kernels(device_s, launches)


def _kernels_as(
    running: Running, part: Part, load: Load, *, fused: bool, joined: tuple[Joined, ...]
) -> Kernels:
    phase = decoder_phases(running.profile, fused=fused, joined=joined).part(part)
    if not phase.operators:
        return Kernels(np.zeros_like(load.batch_size), np.zeros_like(load.batch_size))
    return run_kernels(operator_table(phase), running.columns, load, running.hardware, running.case)


def _step(running: Running, body: Kernels, head: Kernels, captured: Flags) -> Floats:
    device = body.device_s + head.device_s
    launches = body.launches + head.launches
    engine = running.engine
    host = np.where(captured, GRAPH_LAUNCHES * engine.launch_s, launches * engine.dispatch_s)
    return device + host if running.hardware.is_cpu else np.maximum(device, host)


def _waiting(running: Running) -> Floats:
    several = running.tensor * running.pipeline > 1
    return running.engine.step_s + np.where(several, running.engine.parallel_step_s, 0.0)


def _exchange_seconds(running: Running, tokens: Floats) -> Floats:
    """All-reduces of a forward pass over `tokens`, and the way from stage to stage.

    Over an assumed network where no link is known: a replica over several such parts does not fit.
    """
    decoder = running.profile.decoder
    assert decoder is not None
    hidden = tokens * decoder.hidden_size * running.columns.key_value_item_bytes
    one = np.ones_like(tokens)
    hardware, case = running.hardware, running.case
    if not is_linked(hardware):
        hardware = replace(hardware, link=UNSTATED_LINK)
    reduced = all_reduce_seconds(hardware, running.tensor, one, hidden, case)
    sent = send_seconds(hardware, running.pipeline, running.tensor, hidden / running.tensor, case)
    return np.asarray(2 * decoder.layers * reduced + (running.pipeline - 1) * sent)


def mixed_step_seconds(running: Running, batch: Floats, prompt: Floats, context: Floats) -> Floats:
    """A decode step that takes a chunk of a prompt in as well (Agrawal et al. 2023, "SARATHI").

    The chunk's tokens share the step's reading of the weights, so it costs what it adds: its own
    kernels less one pass over the weights.
    """
    chunk = np.minimum(running.engine.chunk_tokens, prompt)
    step = decode_seconds(running, batch, context)
    one = np.ones_like(batch)

    def device(tokens: Floats) -> Floats:
        load = Load(one, tokens, np.maximum(prompt / 2, tokens), running.tensor)
        return _kernels(running, "prefill", load).device_s

    return np.asarray(step + np.maximum(device(chunk) - device(one), 0.0))
