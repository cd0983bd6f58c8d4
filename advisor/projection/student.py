"""The smaller model that a student is: with fewer blocks of a chain, else with fewer channels.

A student of blocks is projected as the model that it is, by the same formulas: its profile is the
teacher's without the blocks left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.profiling.profile import DecoderProfile, MemoryProfile, ModelProfile, Phase
from advisor.projection.kept import kept_with
from advisor.projection.setup import Setup


def blocks_kept(blocks: int, share: float) -> int:
    """How many of `blocks` a student of `share` has: the nearest whole number, at least one."""
    return max(1, int(blocks * share + 0.5))


def spread(blocks: int, kept: int) -> list[int]:
    """The places of `kept` of so many blocks, evenly from the first to the last."""
    if kept == 1:
        return [0]
    return [round(place * (blocks - 1) / (kept - 1)) for place in range(kept)]


def by_model(
    profile: ModelProfile, setups: Sequence[Setup]
) -> dict[tuple[float, float | None], list[int]]:
    """The places of setups that serve the same model, by its share of `profile`'s.

    And by the share of the student in front of it, None where there is none; a decoder has none.
    """
    places: dict[tuple[float, float | None], list[int]] = {}
    for place, setup in enumerate(setups):
        first = setup.cascade_share if profile.decoder is None else None
        places.setdefault((setup.student_share, first), []).append(place)
    return places


def taught(profile: ModelProfile, setup: Setup) -> tuple[float, int]:
    """What a student that is trained has of the model, and its steps; no decoder has a cascade."""
    if setup.cascade_share is None or profile.decoder is not None:
        return setup.student_share, setup.distillation_steps
    return setup.cascade_share, setup.cascade_steps


def narrowed(profile: ModelProfile, setup: Setup, share: float) -> Setup:
    """`setup` with the channels removed that a student of `share` has not; a chain keeps them."""
    if profile.chain is not None or share == 1:
        return setup
    kept = (1 - setup.channels_removed) * share
    return replace(setup, channels_removed=1 - kept)


def student(profile: ModelProfile, share: float) -> ModelProfile:
    """The profile of a student with that share of the blocks, made once and kept with `profile`.

    `profile` itself where it is no chain of blocks, or where none is left out.
    """
    blocks = profile.blocks
    if profile.chain is None or blocks is None or blocks_kept(blocks, share) == blocks:
        return profile
    return _cut(profile, profile.chain, blocks, blocks_kept(blocks, share))


@kept_with
def _cut(profile: ModelProfile, chain: str, blocks: int, kept: int) -> ModelProfile:
    left = kept / blocks
    inside = _chain_bytes(profile, chain)
    bytes_kept = 1 - (1 - left) * inside / max(profile.memory.parameters_bytes, 1)
    return replace(
        profile,
        parameters=round(profile.parameters * bytes_kept),
        active_parameters=round(profile.active_parameters * bytes_kept),
        weights_bytes=round(profile.weights_bytes * bytes_kept),
        phases=tuple(_fewer(phase, chain, blocks, kept) for phase in profile.phases),
        memory=_held(profile.memory, bytes_kept),
        decoder=None if profile.decoder is None else _shallow(profile.decoder, left),
        blocks=kept,
    )


def _fewer(phase: Phase, chain: str, blocks: int, kept: int) -> Phase:
    """Operators of the chain as often as there are blocks of their kind left.

    A block that is like no other is there or is not.
    """
    left = set(spread(blocks, kept))
    rows = []
    for row in phase.operators:
        repeats = row.repeats
        if row.module.startswith(f"{chain}."):
            place = row.module.removeprefix(f"{chain}.").partition(".")[0]
            if repeats == 1 and place.isdecimal():
                repeats = int(int(place) in left)
            else:
                repeats = int(row.repeats * kept / blocks + 0.5)
        if repeats:
            rows.append(replace(row, repeats=repeats))
    return replace(phase, operators=tuple(rows))


def _chain_bytes(profile: ModelProfile, chain: str) -> float:
    """Bytes of the parameters of all blocks."""
    for row in profile.modules:
        if row.path == chain:
            return float(row.parameters_bytes)
    inside = (row for row in profile.phases[0].operators if row.module.startswith(f"{chain}."))
    whole = float(sum(row.weight_bytes * row.repeats for row in inside))
    return min(whole, float(profile.memory.parameters_bytes))


def _held(memory: MemoryProfile, bytes_kept: float) -> MemoryProfile:
    """What a pass works with at its peak is held in one block, and stays."""
    return replace(
        memory,
        parameters_bytes=round(memory.parameters_bytes * bytes_kept),
        gradients_bytes=round(memory.gradients_bytes * bytes_kept),
        optimizer_bytes=round(memory.optimizer_bytes * bytes_kept),
        inference_moments=tuple(
            replace(each, seen_weight_bytes=round(each.seen_weight_bytes * bytes_kept))
            for each in memory.inference_moments
        ),
    )


def _shallow(decoder: DecoderProfile, left: float) -> DecoderProfile:
    return replace(
        decoder,
        layers=max(1, round(decoder.layers * left)),
        key_value_elements_per_token=round(decoder.key_value_elements_per_token * left),
        windowed_elements_per_token=round(decoder.windowed_elements_per_token * left),
    )
