"""Batches, replicas and accelerators."""

from __future__ import annotations

import pytest

from advisor.projection.project import project
from advisor.projection.result import Projection
from advisor.projection.scenario import Evidence
from advisor.projection.setup import Setup
from advisor.strategies.selection import parse_selection, setup_for
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import scenario


def served(chosen: str = "", hardware: str = "h100-sxm", *settings: str) -> Projection:
    given = scenario(decoder(80, 8192), hardware, "chat-serving", settings=settings)
    return project(given, [setup_for(parse_selection(chosen))])[0]


def test_weights_that_do_not_fit_are_split_over_a_power_of_two() -> None:
    found = served()
    assert found.accelerators_per_replica >= 2
    assert found.accelerators_per_replica & (found.accelerators_per_replica - 1) == 0
    assert found.inference_memory_bytes.expected <= 80 * 2**30


def test_a_decoder_batches_as_far_as_the_objectives_allow() -> None:
    busy = "serving.requests_per_month=1_000_000_000"
    strict = served("", "h100-sxm", "serving.time_per_output_token_ms=30", busy)
    loose = served("", "h100-sxm", "serving.time_per_output_token_ms=500", busy)
    assert strict.serving_batch_size < loose.serving_batch_size
    assert strict.serving_accelerators.expected >= loose.serving_accelerators.expected


def test_an_objective_out_of_reach_is_said_to_be_broken() -> None:
    found = served("", "l4", "serving.time_per_output_token_ms=1")
    assert "time per output token" in [limit.name for limit in found.broken_constraints]


def test_a_slice_is_charged_as_its_share_and_is_slower() -> None:
    given = scenario(encoder(), "h100-sxm", "batch-scoring")
    whole, slices = project(given, [Setup(), setup_for(parse_selection("mig:slice=1g"))])
    assert slices.serving_accelerators.expected < whole.serving_accelerators.expected
    assert slices.latency_s.expected >= whole.latency_s.expected


def test_a_replica_never_spans_slices() -> None:
    found = served("mig:slice=1g")
    assert "accelerators per replica" in [limit.name for limit in found.broken_constraints]


def test_no_demand_needs_no_accelerator() -> None:
    given = scenario(convnet(), settings=["serving.requests_per_month=0"])
    assert project(given, [Setup()])[0].serving_accelerators.high == 0


def test_spare_replicas_are_added() -> None:
    one, two = (
        project(scenario(convnet(), settings=[f"serving.redundant_replicas={spare}"]), [Setup()])[
            0
        ].serving_accelerators.expected
        for spare in (0, 1)
    )
    assert two == one + 1


def test_a_measured_time_replaces_the_projected_one() -> None:
    given = scenario(encoder())
    plain, measured = project(given, [Setup(), Setup()], [None, Evidence(latency_ratio=3.0)])
    assert measured.latency_s.expected == pytest.approx(3 * plain.latency_s.expected)
    assert any("measurement" in line for line in measured.basis)
