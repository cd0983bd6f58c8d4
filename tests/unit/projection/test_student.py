"""Students and cascades are projected as the models that they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.catalog import load
from advisor.projection.check import (
    project_run_bytes,
    project_run_seconds,
    project_stored_bytes,
)
from advisor.projection.engine import evaluate
from advisor.projection.setup import Setup
from advisor.projection.student import blocks_kept, student
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import scenario

HALF = Setup(student_share=0.5)


@pytest.mark.parametrize(("build", "layers"), [(encoder, 12), (decoder, 32)])
def test_a_student_of_half_the_blocks_serves_as_a_model_of_half_the_blocks(
    build: type, layers: int
) -> None:
    whole, half = build(layers=layers), build(layers=layers // 2)
    taught = evaluate(scenario(whole), [HALF, Setup()])
    shallow = evaluate(scenario(half), [Setup()])
    for name in ("latency_s", "requests_per_s", "memory_bytes"):
        expected = getattr(shallow.served, name)[0]
        assert getattr(taught.served, name)[0] == pytest.approx(expected, rel=1e-12)
        assert getattr(taught.served, name)[1] != pytest.approx(expected, rel=0.01)
    assert taught.weights_bytes[0] == shallow.weights_bytes[0]


def test_a_model_that_is_no_chain_has_a_narrower_student() -> None:
    taught, pruned = evaluate(
        scenario(convnet()), [HALF, Setup(channels_removed=0.5)]
    ).served.latency_s
    assert taught == pruned
    assert student(convnet(), 0.5).blocks is None


def test_a_student_costs_its_own_steps_and_its_teachers_forward_passes() -> None:
    given = scenario(encoder(), workload="fine-tuning")
    taught = replace(HALF, distillation_steps=1000)
    trained = evaluate(given, [Setup(), taught, replace(taught, distillation_steps=2000)]).trained
    none, one, two = trained.recovery_hours
    assert none == 0
    assert two == pytest.approx(2 * one)
    again = evaluate(given, [Setup(recovery_steps=1000)]).trained.recovery_hours[0]
    # Half the blocks forward and backward, the whole forward: 0.5 × 3 + 1 of 3 passes.
    assert one == pytest.approx(2.5 / 3 * again, rel=0.1)
    assert np.all(trained.step_s == trained.step_s[0])


def test_blocks_are_whole_and_at_least_one() -> None:
    assert [blocks_kept(4, share) for share in (0.67, 0.5, 0.33, 0.01)] == [3, 2, 1, 1]


class TestCascade:
    given = scenario(encoder(), settings=["serving.batch_size=1"])
    cascade = Setup(cascade_share=0.5)

    def test_a_request_costs_the_student_and_its_share_of_the_model(self) -> None:
        both, small, large = evaluate(self.given, [self.cascade, HALF, Setup()]).served.latency_s
        assert both == pytest.approx(small + 0.4 * large)

    def test_both_lie_in_memory(self) -> None:
        found = evaluate(self.given, [self.cascade, HALF, Setup()])
        both, small, large = found.weights_bytes
        assert both == small + large
        assert found.served.memory_bytes[0] > found.served.memory_bytes[2]

    def test_what_waits_for_both_is_held_to_the_objective(self) -> None:
        both, small, large = evaluate(self.given, [self.cascade, HALF, Setup()]).served.latency_s
        between = 1e3 * ((small + large) + both) / 2
        tight = scenario(
            encoder(),
            settings=["serving.batch_size=1", f"serving.latency_objective_ms={between}"],
        )
        found = evaluate(tight, [self.cascade, Setup()]).served.meets_objectives
        assert found.tolist() == [False, True]

    def test_a_large_batch_runs_through_both(self) -> None:
        given = scenario(encoder(), settings=["serving.batch_size=256"])
        both, small, large = evaluate(given, [self.cascade, HALF, Setup()]).served.latency_s
        assert small + 0.4 * large <= both < small + 0.5 * large

    def test_a_decoder_has_none(self) -> None:
        served = evaluate(scenario(decoder()), [self.cascade, Setup()]).served
        assert served.latency_s[0] == served.latency_s[1]


class TestMeasuredRun:
    part = load.hardware_by_id("cpu-2vcpu")

    def test_a_student_runs_as_the_smaller_model_does(self) -> None:
        whole, half = encoder(layers=12), encoder(layers=6)
        assert project_run_seconds(whole, self.part, [HALF]) == project_run_seconds(
            half, self.part, [Setup()]
        )
        [held] = project_run_bytes(whole, self.part, [HALF])
        assert held == pytest.approx(project_run_bytes(half, self.part, [Setup()])[0])

    def test_setups_in_one_batch_are_told_apart(self) -> None:
        setups = [Setup(), Setup(cascade_share=0.5), HALF, Setup()]
        apart = [project_run_seconds(encoder(), self.part, [each])[0] for each in setups]
        assert project_run_seconds(encoder(), self.part, setups) == apart

    def test_a_cascade_stores_both_and_works_in_one_at_a_time(self) -> None:
        setups = [Setup(cascade_share=0.5), HALF, Setup()]
        both, small, large = project_stored_bytes(encoder(), self.part, setups)
        assert both == small + large
        held, small_held, large_held = project_run_bytes(encoder(), self.part, setups)
        assert held == pytest.approx(max(small_held + large, large_held + small))


def test_of_blocks_that_are_like_no_other_those_of_the_student_are_left() -> None:
    given = encoder(layers=12)
    (phase,) = given.phases
    apart = tuple(
        replace(row, module=f"blocks.{place}.{row.name}", repeats=1)
        for place in range(12)
        for row in phase.operators[:3]
    )
    unlike = replace(given, chain="blocks", phases=(replace(phase, operators=apart),))
    left = {row.module.split(".")[1] for row in student(unlike, 0.33).phases[0].operators}
    assert sorted(map(int, left)) == [0, 4, 7, 11]
