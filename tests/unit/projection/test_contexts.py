"""A decoder's work, traffic and cache as its context grows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog import load
from advisor.profiling.profile import Phase
from advisor.projection.contexts import costs_by_context, usual_contexts
from tests.support.profiles import decoder, encoder

PART = load.hardware_by_id("a100-80-sxm")
LAYERS, HIDDEN, PROMPT = 4, 256, 512


def multiply_adds(phase: Phase) -> int:
    return sum(each.multiply_adds * each.repeats for each in phase.operators)


def test_at_the_length_of_the_profile_it_is_the_profile() -> None:
    profile = decoder(LAYERS, HIDDEN, PROMPT)
    (found,) = costs_by_context(profile, [PROMPT], PART)
    assert found.prefill_multiply_adds == pytest.approx(multiply_adds(profile.phases[0]))
    (later,) = costs_by_context(profile, [PROMPT + 1], PART)
    assert later.decode_multiply_adds == pytest.approx(multiply_adds(profile.phases[1]))


def test_attention_alone_grows_with_the_context() -> None:
    one, two, four = costs_by_context(decoder(LAYERS, HIDDEN, PROMPT), [512, 1024, 2048], PART)
    assert None not in (one.decode_multiply_adds, two.decode_multiply_adds)
    grown = two.decode_multiply_adds - one.decode_multiply_adds  # type: ignore[operator]
    assert grown == pytest.approx(2 * LAYERS * HIDDEN * 512)
    assert four.decode_multiply_adds - two.decode_multiply_adds == pytest.approx(2 * grown)  # type: ignore[operator]
    assert four.cache_bytes == pytest.approx(4 * one.cache_bytes)
    assert four.prefill_multiply_adds > 4 * one.prefill_multiply_adds


def test_what_keeps_no_cache_has_no_decode_and_what_is_no_decoder_nothing() -> None:
    profile = decoder(LAYERS, HIDDEN, PROMPT)
    (found,) = costs_by_context(replace(profile, phases=profile.phases[:1]), [PROMPT], PART)
    assert found.decode_multiply_adds is None
    assert found.decode_traffic_bytes is None
    assert costs_by_context(encoder(), [PROMPT], PART) == ()


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_costs_are_the_same_on_any_hardware(dtype: str) -> None:
    profile = decoder(LAYERS, HIDDEN, PROMPT, dtype)
    assert len({costs_by_context(profile, [1024], part) for part in load.hardware().values()}) == 1


@pytest.mark.parametrize(
    ("most", "lengths"),
    [(None, [512, 2048, 8192, 32768]), (1024, [512, 1024]), (512, [512]), (300, [300])],
)
def test_lengths_end_at_the_longest_that_the_model_takes(
    most: int | None, lengths: list[int]
) -> None:
    profile = decoder(LAYERS, HIDDEN, PROMPT)
    assert profile.decoder is not None
    limited = replace(profile, decoder=replace(profile.decoder, max_context_tokens=most))
    assert usual_contexts(limited) == lengths
