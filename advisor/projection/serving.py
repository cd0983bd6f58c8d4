"""Serving: the batch that is run, its latency, and what one replica can answer.

A classifier or encoder runs batches of the workload's size on as few accelerators as hold it. A
decoder runs continuous batching: a request costs one prefill and a share of its decode steps. Its
batch and its tensor-parallel degree are those that serve the demand on the fewest accelerators,
among the candidates that fit and meet the objectives; where none meets them, among those that fit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from advisor.errors import ModelError
from advisor.profiling.profile import ModelProfile, Phase
from advisor.projection.columns import SetupColumns
from advisor.projection.memory import (
    allocated,
    capacity_bytes,
    inference_payload_bytes,
    key_value_bytes,
    overhead_bytes,
)
from advisor.projection.operators import Flags, Floats, OperatorTable, operator_table
from advisor.projection.scenario import Case, Scenario
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


def main_phase(profile: ModelProfile) -> Phase:
    return profile.phases[0]


def serve(scenario: Scenario, columns: SetupColumns, latency_ratio: Floats, case: Case) -> Served:
    """Choose the batch for every setup and say what it gives.

    `latency_ratio` (setups,) is measured over projected time where a measurement exists, else 1.
    """
    if scenario.profile.decoder is None:
        return _serve_batches(scenario, columns, latency_ratio, case)
    return _serve_decoder(scenario, columns, latency_ratio, case)


def _least_accelerators(
    payload: Floats, scenario: Scenario, columns: SetupColumns, case: Case
) -> Floats:
    """Accelerators that hold `payload`: the next power of two, as tensor parallel divides."""
    overhead = overhead_bytes(scenario.hardware, case)
    room = capacity_bytes(scenario.hardware, columns) - overhead
    demand = allocated(payload, scenario.hardware, case) - overhead
    needed = np.maximum(np.ceil(demand / np.maximum(room, 1.0)), 1.0)
    return np.asarray(2.0 ** np.ceil(np.log2(needed)))


def _can_split(accelerators: Floats, columns: SetupColumns) -> Flags:
    """Slices of an accelerator have no link between them, so a replica lies in one."""
    return np.asarray(
        (accelerators <= MAX_ACCELERATORS_PER_REPLICA)
        & ((accelerators == 1) | (columns.slices == 1))
    )


def _serve_batches(
    scenario: Scenario, columns: SetupColumns, latency_ratio: Floats, case: Case
) -> Served:
    serving = scenario.workload.serving
    phase = main_phase(scenario.profile)
    table = operator_table(phase)
    tokens = float(serving.prompt_tokens or phase.query_tokens or 1) if phase.query_tokens else 1.0
    batch = np.full(columns.channels_kept.shape, float(serving.batch_size))
    payload = inference_payload_bytes(scenario.profile, table, columns, batch, tokens, None)
    accelerators = _least_accelerators(payload, scenario, columns, case)
    load = Load(batch, np.full_like(batch, tokens), np.full_like(batch, tokens), accelerators)
    latency = phase_seconds(table, columns, load, scenario.hardware, case) * latency_ratio
    unknown = np.full_like(batch, np.nan)
    return Served(
        batch_size=batch,
        latency_s=latency,
        requests_per_s=batch / latency,
        first_token_s=unknown,
        output_token_s=unknown,
        memory_bytes=allocated(payload / accelerators, scenario.hardware, case),
        accelerators=accelerators,
        fits=_can_split(accelerators, columns),
        meets_objectives=_within(latency, serving.latency_objective_ms),
    )


def _all_reduce_seconds(
    scenario: Scenario, columns: SetupColumns, accelerators: Floats, tokens: Floats
) -> Floats:
    """Tensor parallel: two all-reduces of the hidden state a layer (Shoeybi et al. 2019, §3)."""
    decoder, link = scenario.profile.decoder, scenario.hardware.link
    if decoder is None or link is None:
        return np.zeros_like(tokens)
    bandwidth = max(link.nvlink_gb_per_s, link.pcie_gb_per_s) * 1e9
    if bandwidth == 0:
        return np.where(accelerators > 1, np.inf, 0.0)
    payload = tokens * decoder.hidden_size * columns.key_value_item_bytes
    ring = 2 * (accelerators - 1) / accelerators
    return np.asarray(2 * decoder.layers * payload * ring / bandwidth)


def _decoder_phases(scenario: Scenario) -> tuple[OperatorTable, OperatorTable]:
    prefill, decode = scenario.profile.phase("prefill"), scenario.profile.phase("decode")
    if prefill is None or decode is None:
        raise ModelError(
            f"{scenario.profile.reference}: the profile of a decoder holds no decode phase; "
            f"its phases are {', '.join(phase.name for phase in scenario.profile.phases)}"
        )
    return operator_table(prefill), operator_table(decode)


def _serve_decoder(
    scenario: Scenario, columns: SetupColumns, latency_ratio: Floats, case: Case
) -> Served:
    """Try every candidate for every setup at once, as further rows of the same arrays."""
    setups = len(columns.compiled)
    batch, step = (grid.ravel() for grid in np.meshgrid(DECODE_BATCHES, TENSOR_PARALLEL_STEPS))
    tried = len(batch)
    rows = columns.repeated(tried)
    batches, ratio = np.tile(batch, setups), np.repeat(latency_ratio, tried)
    alone = _decoder_payload(scenario, rows, np.ones_like(batches))
    degree = _least_accelerators(alone, scenario, rows, case) * np.tile(step, setups)
    served = _serve_candidates(scenario, rows, ratio, case, batches, degree)
    best = _cheapest(scenario, rows, served).reshape(setups, tried).argmin(axis=1)
    chosen = best + tried * np.arange(setups)
    return Served(**{each.name: getattr(served, each.name)[chosen] for each in fields(Served)})


def _cheapest(scenario: Scenario, columns: SetupColumns, served: Served) -> Floats:
    """A rank that is lower the better a candidate is: accelerators, then seconds a token."""
    accelerators = replicas(scenario, served.requests_per_s) * served.accelerators / columns.slices
    by_speed = accelerators + served.output_token_s / (1 + served.output_token_s.max())
    missed = by_speed.max() + 1.0
    return np.asarray(by_speed + missed * (~served.meets_objectives) + 2 * missed * (~served.fits))


def replicas(scenario: Scenario, requests_per_s: Floats) -> Floats:
    """Replicas for the peak at the target utilisation, and the spare ones; 0 without demand."""
    serving = scenario.workload.serving
    if serving.requests_per_month == 0:
        return np.zeros_like(requests_per_s)
    peak_rate = serving.requests_per_month / SECONDS_PER_MONTH * serving.peak_to_mean
    planned = requests_per_s * scenario.organization.capacity.target_utilisation
    return np.asarray(np.maximum(np.ceil(peak_rate / planned), 1.0) + serving.redundant_replicas)


def _decoder_payload(scenario: Scenario, columns: SetupColumns, batch: Floats) -> Floats:
    """Weights, the activations of one prefill and the cache of `batch` full sequences."""
    serving = scenario.workload.serving
    prefill, _ = _decoder_phases(scenario)
    prompt = float(serving.prompt_tokens or prefill.query_tokens)
    longest = prompt + float(serving.output_tokens or 1)
    one = np.ones_like(batch)
    alone = inference_payload_bytes(scenario.profile, prefill, columns, one, prompt, None)
    return alone + batch * key_value_bytes(scenario.profile, columns, longest)


def _serve_candidates(
    scenario: Scenario, columns: SetupColumns, latency_ratio: Floats, case: Case, batch: Floats,
    accelerators: Floats,
) -> Served:  # fmt: skip
    serving, hardware = scenario.workload.serving, scenario.hardware
    prefill, decode = _decoder_phases(scenario)
    prompt = float(serving.prompt_tokens or prefill.query_tokens)
    output = float(serving.output_tokens or 1)
    one = np.ones_like(batch)
    payload = _decoder_payload(scenario, columns, batch)
    prefill_load = Load(one, one * prompt, one * prompt, accelerators)
    decode_load = Load(batch, one, one * (prompt + output / 2), accelerators)
    prefill_s = phase_seconds(prefill, columns, prefill_load, hardware, case)
    prefill_s += _all_reduce_seconds(scenario, columns, accelerators, one * prompt)
    step_s = phase_seconds(decode, columns, decode_load, hardware, case)
    step_s += _all_reduce_seconds(scenario, columns, accelerators, batch)
    first_token_s = (prefill_s + step_s) * latency_ratio
    # In steady state each of the batch's requests interrupts the decoding once, for its prefill.
    request_s = (prefill_s * batch + step_s * output) * latency_ratio
    memory = allocated(payload / accelerators, hardware, case)
    return Served(
        batch_size=batch,
        latency_s=request_s,
        requests_per_s=batch / request_s,
        first_token_s=first_token_s,
        output_token_s=request_s / output,
        memory_bytes=memory,
        accelerators=accelerators,
        fits=_can_split(accelerators, columns) & (memory <= capacity_bytes(hardware, columns)),
        meets_objectives=_within(first_token_s, serving.time_to_first_token_ms)
        & _within(request_s / output, serving.time_per_output_token_ms)
        & _within(request_s, serving.latency_objective_ms),
    )


def _within(value_s: Floats, limit_ms: float | None) -> Flags:
    return np.asarray(value_s <= (limit_ms / 1e3 if limit_ms else np.inf))
