"""What a decoder costs as a function of its context: work, traffic, and the cache it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.profiling.profile import ModelProfile, Phase
from advisor.projection.columns import setup_columns
from advisor.projection.memory import key_value_bytes
from advisor.projection.operators import operator_table
from advisor.projection.setup import Setup
from advisor.projection.time import Load, work

SHORTEST, STEP = 512, 4
LONGEST_UNKNOWN = 32_768
"""Looked at where a model does not say how far it can look back."""


@dataclass(frozen=True)
class ContextCost:
    """One sequence. Prefill is of `context_tokens` tokens, decode one more against that many."""

    context_tokens: int
    prefill_multiply_adds: float
    prefill_traffic_bytes: float
    decode_multiply_adds: float | None
    """None where the model keeps no cache, as the traffic."""
    decode_traffic_bytes: float | None
    cache_bytes: float


def usual_contexts(profile: ModelProfile) -> list[int]:
    """Lengths four times as long each, up to the longest that the model takes."""
    most = (profile.decoder and profile.decoder.max_context_tokens) or LONGEST_UNKNOWN
    lengths = [SHORTEST]
    while lengths[-1] * STEP < most:
        lengths.append(lengths[-1] * STEP)
    return [each for each in lengths if each < most] + [most]


def costs_by_context(
    profile: ModelProfile, contexts: Sequence[int], hardware: Hardware
) -> tuple[ContextCost, ...]:
    """Costs of a decoder as it came, at each length; empty for a model that is none.

    They are the same on any `hardware`: that counts once formats change.
    """
    phases = {each.name: each for each in profile.phases}
    if profile.decoder is None or "prefill" not in phases or not contexts:
        return ()
    prefill = _work(phases["prefill"], profile, contexts, hardware, contexts)
    decode = (
        _work(phases["decode"], profile, [1] * len(contexts), hardware, contexts)
        if "decode" in phases
        else [(None, None)] * len(contexts)
    )
    columns = setup_columns([Setup()], profile.dtype, hardware)
    held = [float(key_value_bytes(profile, columns, each)[0]) for each in contexts]
    return tuple(
        ContextCost(length, *first, *then, cache)
        for length, first, then, cache in zip(contexts, prefill, decode, held, strict=True)
    )


def _work(
    phase: Phase, profile: ModelProfile, queries: Sequence[int], hardware: Hardware,
    contexts: Sequence[int],
) -> list[tuple[float, float]]:  # fmt: skip
    """Multiply-adds and bytes moved at each length."""
    table, one = operator_table(phase), np.ones(len(contexts))
    columns = setup_columns([Setup()] * len(contexts), profile.dtype, hardware)
    load = Load(one, np.array(queries, float), np.array(contexts, float), one)
    calls = work(table, columns, load).calls
    multiply_adds = np.sum(calls.flops / 2 * table.repeats, axis=1)
    moved_bytes = np.sum(calls.moved_bytes * table.repeats, axis=1)
    return list(zip(multiply_adds.tolist(), moved_bytes.tolist(), strict=True))
