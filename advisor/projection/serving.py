"""Serving: the batch that is run, its latency, and what one replica can answer.

A classifier or encoder runs batches of the workload's size on as few accelerators as hold it. A
decoder runs continuous batching: a request costs one prefill and a share of its decode steps. Its
batch and its tensor-parallel degree are those that serve the demand on the fewest accelerators,
among the candidates that fit and meet the objectives; where none meets them, among those that fit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.profiling.profile import ModelProfile, Phase
from advisor.projection.attention import with_fused_attention
from advisor.projection.columns import SetupColumns
from advisor.projection.deployment import Deployed
from advisor.projection.distinct import taken
from advisor.projection.memory import (
    allocated,
    cache_bytes,
    capacity_bytes,
    inference_payload_bytes,
    overhead_bytes,
    prefill_activation_bytes,
    weight_bytes,
)
from advisor.projection.operators import Flags, Floats, operator_table
from advisor.projection.parallel import is_linked
from advisor.projection.queueing import FIXED, MIXED
from advisor.projection.scenario import Cases, Scenario
from advisor.projection.steady_state import steady_state
from advisor.projection.time import Load, phase_seconds
from advisor.units import SECONDS_PER_MONTH

DECODE_BATCHES = 2.0 ** np.arange(9)
TENSOR_PARALLEL_STEPS = 2.0 ** np.arange(3)
"""Tried degrees, as multiples of the least that holds one sequence."""
MAX_ACCELERATORS_PER_REPLICA = 64


@dataclass(frozen=True)
class Served:
    """Arrays of shape (setups,)."""

    batch_size: Floats
    latency_s: Floats
    """Of a batch; for a decoder, from request to last token."""
    requests_per_s: Floats
    """Of one replica, fully used."""
    first_token_s: Floats
    output_token_s: Floats
    memory_bytes: Floats
    """Per accelerator."""
    accelerators: Floats
    """Per replica."""
    fits: Flags
    meets_objectives: Flags
    variation: Floats
    """Squared coefficient of variation of the time a request holds its place."""
    gathering_s: Floats
    """The first request of a batch waits so long for the last one."""


def main_phase(profile: ModelProfile) -> Phase:
    return profile.phases[0]


def serve(
    scenario: Scenario,
    columns: SetupColumns,
    deployed: Deployed,
    latency_ratio: Floats,
    case: Cases,
) -> Served:
    """Choose the batch for every setup and say what it gives.

    `latency_ratio` (setups,) is measured over projected time where a measurement exists, else 1.
    """
    if scenario.profile.decoder is None:
        return _serve_batches(scenario, columns, deployed, latency_ratio, case)
    return _serve_decoder(scenario, columns, deployed, latency_ratio, case)


def _least_accelerators(
    payload: Floats, scenario: Scenario, columns: SetupColumns, case: Cases
) -> Floats:
    """Accelerators that hold `payload`: the next power of two, as tensor parallel divides."""
    overhead = overhead_bytes(scenario.hardware, case)
    room = capacity_bytes(scenario.hardware, columns) - overhead
    demand = allocated(payload, scenario.hardware, case) - overhead
    needed = np.maximum(np.ceil(demand / np.maximum(room, 1.0)), 1.0)
    return np.asarray(2.0 ** np.ceil(np.log2(needed)))


def _can_split(accelerators: Floats, columns: SetupColumns, hardware: Hardware) -> Flags:
    """A replica lies in one accelerator where there is no link to the next, as between slices."""
    linked = (columns.capacity_share == 1) & is_linked(hardware)
    return np.asarray(
        (accelerators <= MAX_ACCELERATORS_PER_REPLICA) & ((accelerators == 1) | linked)
    )


def _serve_batches(
    scenario: Scenario, columns: SetupColumns, deployed: Deployed, latency_ratio: Floats,
    case: Cases,
) -> Served:  # fmt: skip
    serving = scenario.workload.serving
    phase = main_phase(scenario.profile)
    table = operator_table(phase)
    tokens = float(serving.prompt_tokens or phase.query_tokens or 1) if phase.query_tokens else 1.0
    batch = np.where(
        np.isnan(columns.request_batch), float(serving.batch_size), columns.request_batch
    )
    gathering = _gathering_s(scenario, columns)
    payload = inference_payload_bytes(scenario.profile, table, columns, batch, tokens, None)
    accelerators = _least_accelerators(payload, scenario, columns, case)
    load = Load(batch, np.full_like(batch, tokens), np.full_like(batch, tokens), accelerators)
    latency = latency_ratio * _forward_seconds(scenario, columns, deployed, load, case)
    unknown = np.full_like(batch, np.nan)
    return Served(
        batch_size=batch,
        latency_s=latency,
        requests_per_s=batch / latency,
        first_token_s=unknown,
        output_token_s=unknown,
        memory_bytes=allocated(payload / accelerators, scenario.hardware, case),
        accelerators=accelerators,
        fits=_can_split(accelerators, columns, scenario.hardware),
        meets_objectives=_within(gathering + latency, serving.latency_objective_ms),
        variation=np.full_like(batch, FIXED),
        gathering_s=gathering,
    )


def _gathering_s(scenario: Scenario, columns: SetupColumns) -> Floats:
    """How long a batch takes to fill at the mean rate; 0 where requests come together."""
    rate = scenario.workload.serving.requests_per_month / SECONDS_PER_MONTH * columns.demand_share
    batch = np.nan_to_num(columns.request_batch, nan=1.0)
    return np.divide(batch - 1.0, rate, out=np.zeros_like(batch), where=rate > 0)


def _forward_seconds(
    scenario: Scenario, columns: SetupColumns, deployed: Deployed, load: Load, case: Cases
) -> Floats:
    """One batch, with its attention as each setup has it."""
    phase, fused = main_phase(scenario.profile), deployed.fused_attention
    table = operator_table(phase)
    written = phase_seconds(table, columns, load, scenario.hardware, case)
    if not fused.any():
        return written
    table = operator_table(with_fused_attention(phase))
    kernel = phase_seconds(table, columns, load, scenario.hardware, case)
    return np.where(fused, kernel, written)


def _serve_decoder(
    scenario: Scenario,
    columns: SetupColumns,
    deployed: Deployed,
    latency_ratio: Floats,
    case: Cases,
) -> Served:
    """Try every candidate for every setup at once, as further rows of the same arrays."""
    setups = len(columns.compiled)
    batch, step = (grid.ravel() for grid in np.meshgrid(DECODE_BATCHES, TENSOR_PARALLEL_STEPS))
    tried = len(batch)
    least = np.repeat(_least_degree(scenario, columns, deployed, case), tried)
    rows, deployed = columns.repeated(tried), deployed.repeated(tried)
    case = case if isinstance(case, str) else np.repeat(case, tried)
    batches, ratio = np.tile(batch, setups), np.repeat(latency_ratio, tried)
    tensor = np.where(
        np.isnan(deployed.layout.tensor), least * np.tile(step, setups), deployed.layout.tensor
    )
    served = serve_as(scenario, rows, deployed, ratio, case, batches, tensor, len(DECODE_BATCHES))
    best = _cheapest(scenario, rows, served).reshape(setups, tried).argmin(axis=1)
    chosen = best + tried * np.arange(setups)
    return Served(**{each.name: getattr(served, each.name)[chosen] for each in fields(Served)})


def _cheapest(scenario: Scenario, columns: SetupColumns, served: Served) -> Floats:
    """A rank that is lower the better a candidate is: accelerators, then seconds a token."""
    accelerators = (
        replicas(scenario, served.requests_per_s, columns.demand_share)
        * served.accelerators
        / columns.slices
    )
    by_speed = accelerators + served.output_token_s / (1 + served.output_token_s.max())
    missed = by_speed.max() + 1.0
    return np.asarray(by_speed + missed * (~served.meets_objectives) + 2 * missed * (~served.fits))


def replicas(scenario: Scenario, requests_per_s: Floats, demand: Floats) -> Floats:
    """Replicas for the peak at the target utilisation, and the spare ones; 0 without demand.

    `demand` is the share of the requests that reaches the model.
    """
    serving = scenario.workload.serving
    if serving.requests_per_month == 0:
        return np.zeros_like(requests_per_s)
    peak_rate = serving.requests_per_month / SECONDS_PER_MONTH * serving.peak * demand
    planned = requests_per_s * scenario.organization.capacity.target_utilisation
    return np.asarray(np.maximum(np.ceil(peak_rate / planned), 1.0) + serving.redundant_replicas)


def _least_degree(
    scenario: Scenario, columns: SetupColumns, deployed: Deployed, case: Cases
) -> Floats:
    """The least tensor-parallel degree that holds the weights and one sequence."""
    one = np.ones(columns.channels_kept.shape)
    prompt, output = _lengths(scenario)
    payload = device_payload_bytes(
        scenario, columns, deployed, one, one * prompt, one * (prompt + output), one
    )
    return _least_accelerators(payload, scenario, columns, case)


def device_payload_bytes(
    scenario: Scenario, columns: SetupColumns, deployed: Deployed, batch: Floats, prompt: Floats,
    longest: Floats, tensor: Floats, batches: int = 1,
) -> Floats:  # fmt: skip
    """Tensors on each accelerator of a replica: weights, a prefill and the cache.

    The cache is of `batch` sequences that reach `longest` tokens, in whole blocks. Of every
    `batches` setups in a row only the batch differs.
    """
    profile, engine = scenario.profile, deployed.engine
    parts = tensor * deployed.layout.pipeline
    first = slice(None, None, batches)
    own, running = taken(columns, first), taken(engine, first)
    activations = prefill_activation_bytes(
        profile, own, np.fmin(prompt[first], running.chunk_tokens), running.all_logits,
        running.float32_logits,
    ).repeat(batches)  # fmt: skip
    table = operator_table(main_phase(profile))
    weights = weight_bytes(profile, table, own).repeat(batches)
    blocks = np.ceil(longest / engine.cache_block) * engine.cache_block
    cache = cache_bytes(profile, columns, blocks)
    at_once = np.where(engine.continuous, 1.0, batch)
    return np.asarray((weights + batch * cache) / parts + at_once * activations / tensor)


def _lengths(scenario: Scenario) -> tuple[float, float]:
    """Prompt and output tokens of a request."""
    serving, prefill = scenario.workload.serving, scenario.profile.phase("prefill")
    traced = prefill.query_tokens if prefill else None
    return float(serving.prompt_tokens or traced or 1), float(serving.output_tokens or 1)


def serve_as(
    scenario: Scenario, columns: SetupColumns, deployed: Deployed, latency_ratio: Floats,
    case: Cases, batch: Floats, tensor: Floats, batches: int = 1,
) -> Served:  # fmt: skip
    """A decoder at exactly these batches and tensor-parallel degrees, shape (setups,).

    Of every `batches` setups in a row only the batch differs.
    """
    serving, hardware, one = scenario.workload.serving, scenario.hardware, np.ones_like(batch)
    prompt, output = _lengths(scenario)
    running = deployed.running(scenario, columns, tensor, case)
    rhythm = steady_state(running, batch, one * prompt, one * output, batches)
    first_token_s, token_s = rhythm.first_token_s * latency_ratio, rhythm.token_s * latency_ratio
    request_s = rhythm.request_s * latency_ratio
    payload = device_payload_bytes(
        scenario, columns, deployed, batch, one * prompt, one * (prompt + output), tensor, batches
    )
    memory = allocated(payload, hardware, case)
    accelerators = tensor * deployed.layout.pipeline
    room = capacity_bytes(hardware, columns) * deployed.engine.memory_fraction
    return Served(
        batch_size=batch,
        latency_s=request_s,
        requests_per_s=batch / request_s,
        first_token_s=first_token_s,
        output_token_s=token_s,
        memory_bytes=memory,
        accelerators=accelerators,
        fits=_can_split(accelerators, columns, scenario.hardware) & (memory <= room),
        meets_objectives=_within(first_token_s, serving.time_to_first_token_ms)
        & _within(token_s, serving.time_per_output_token_ms)
        & _within(request_s, serving.latency_objective_ms),
        variation=one * MIXED,
        gathering_s=0.0 * one,
    )


def _within(value_s: Floats, limit_ms: float | None) -> Flags:
    return np.asarray(value_s <= (limit_ms / 1e3 if limit_ms else np.inf))
