"""Low-rank adapters: what is trained, held, exchanged and worked out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.projection.adapters import NF4_BYTES, adapted_rows, adapters
from advisor.projection.exact import project_exactly
from advisor.projection.exact_result import Asked, PhaseProjection
from advisor.projection.setup import Setup
from tests.support.profiles import decoder
from tests.support.scenarios import scenario

LAYERS, HIDDEN = 32, 2048
PROFILE = decoder(LAYERS, HIDDEN)
LORA = Setup(lora_rank=16)


def trained(setup: Setup, hardware: str = "a100-80-sxm", samples: int = 8) -> PhaseProjection:
    asked = Asked(1, 512, 512, 1, samples, 512)
    return project_exactly(scenario(PROFILE, hardware), setup, asked).phases["training_step"]


def seconds(setup: Setup, **kwargs: object) -> float:
    found = trained(setup, **kwargs).time_s  # type: ignore[arg-type] # names of `trained`
    assert found is not None
    return found.expected


def held(setup: Setup) -> float:
    found = trained(setup, samples=1).memory_bytes
    assert found is not None
    return found.expected


def test_an_adapter_has_its_rank_times_both_sides_of_its_layer() -> None:
    rows = adapted_rows(PROFILE)
    sides = 3 * HIDDEN + HIDDEN + 2 * HIDDEN + 2 * (4 * HIDDEN + HIDDEN)
    assert rows.sides == LAYERS * sides
    assert rows.weights == LAYERS * 12 * HIDDEN**2
    found = adapters(PROFILE, [Setup(), LORA])
    np.testing.assert_allclose(found.added_bytes, [0, 16 * LAYERS * sides * 2])
    np.testing.assert_allclose(found.trained_share, [1, 16 * LAYERS * sides / PROFILE.parameters])


def test_nf4_takes_what_the_paper_says() -> None:
    assert pytest.approx(4.127, abs=0.001) == NF4_BYTES * 8


def test_adapters_hold_less_than_a_full_fine_tune_and_4_bits_less_still() -> None:
    assert held(replace(LORA, frozen_weights="nf4")) < held(LORA) < 0.5 * held(Setup())


def test_frozen_weights_take_no_gradient_so_a_step_is_shorter() -> None:
    assert 0.6 < seconds(LORA) / seconds(Setup()) < 0.95


def test_over_slow_links_adapters_leave_next_to_nothing_to_exchange() -> None:
    ranks = {"data_parallel": 8}
    full = seconds(Setup(**ranks)) - seconds(Setup(), samples=1)  # type: ignore[arg-type] # one name
    tuned = seconds(replace(LORA, **ranks)) - seconds(LORA, samples=1)  # type: ignore[arg-type] # one name
    assert tuned < 0.2 * full


def test_the_host_keeps_the_states_and_the_step_waits_for_it() -> None:
    away = Setup(optimizer_offloaded=True)
    assert held(away) < held(Setup())
    assert seconds(away) > seconds(Setup())


def test_accumulation_is_the_micro_batch_that_it_makes() -> None:
    steps = trained(Setup(accumulation_steps=4))
    assert steps == trained(Setup(micro_batch=2))
