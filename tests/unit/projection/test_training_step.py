"""A training step: what is recomputed, exchanged, waited for, and held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.profiling.profile import ModelProfile
from advisor.projection.exact import project_exactly
from advisor.projection.exact_result import Asked, PhaseProjection
from advisor.projection.memory import ALLOCATOR_FACTOR
from advisor.projection.parallel import all_to_all_seconds
from advisor.projection.project import project
from advisor.projection.setup import Setup
from tests.support.profiles import decoder
from tests.support.scenarios import scenario

PROFILE = decoder(32, 2048, dtype="float32")
PLAIN = Setup(autocast="bf16", micro_batch=8)


def trained(setup: Setup, samples: int = 8, tokens: int = 512) -> PhaseProjection:
    asked = Asked(1, tokens, tokens, 1, samples, tokens)
    return project_exactly(scenario(PROFILE, "a100-80-sxm"), setup, asked).phases["training_step"]


def seconds(setup: Setup, samples: int = 8) -> float:
    found = trained(setup, samples).time_s
    assert found is not None
    return found.expected


def held(setup: Setup, samples: int = 8) -> float:
    found = trained(setup, samples).memory_bytes
    assert found is not None
    return found.expected


def test_recomputing_costs_less_than_a_forward_pass_and_holds_less() -> None:
    kept, again = PLAIN, replace(PLAIN, checkpointing=True)
    assert 1.1 < seconds(again) / seconds(kept) < 4 / 3
    many = replace(kept, micro_batch=64)
    assert held(replace(many, checkpointing=True), 64) < 0.5 * held(many, 64)


def test_recomputed_work_counts_for_the_hardware_and_not_for_the_model() -> None:
    found = trained(replace(PLAIN, checkpointing=True))
    assert found.model_flops_utilisation is not None
    assert found.hardware_flops_utilisation is not None
    ratio = found.hardware_flops_utilisation.expected / found.model_flops_utilisation.expected
    assert 1.1 < ratio <= 4 / 3


def test_accumulation_takes_a_micro_batch_after_another() -> None:
    once, four = seconds(PLAIN), seconds(PLAIN, samples=32)
    assert 3.5 * once < four < 4 * once
    # What the passes peak with, and the gradients of those before.
    more = held(PLAIN, 32) - held(PLAIN)
    assert 0 < more <= ALLOCATOR_FACTOR.expected * PROFILE.memory.gradients_bytes
    assert held(PLAIN, 64) == pytest.approx(held(PLAIN, 32))


def test_ranks_share_a_batch_at_the_price_of_their_traffic() -> None:
    alone = seconds(PLAIN, 64)
    eight = seconds(replace(PLAIN, data_parallel=8), 64)
    assert alone / 8 < eight < alone / 5


def test_a_slower_network_between_machines_costs_time() -> None:
    setup = replace(PLAIN, data_parallel=16, sharding_stage=3, micro_batch=1)
    given = scenario(PROFILE, "a100-80-sxm")
    link = given.hardware.link
    assert link is not None
    slow = replace(given.hardware, link=replace(link, inter_node_gbit_per_s=25.0))
    asked = Asked(1, 512, 512, 1, 16, 512)
    slower = project_exactly(replace(given, hardware=slow), setup, asked)
    found = slower.phases["training_step"].time_s
    assert found is not None
    assert found.expected > 2 * seconds(setup, 16)


def test_each_stage_of_sharding_holds_less() -> None:
    stages = [
        held(replace(PLAIN, data_parallel=8, sharding_stage=stage), 64)  # type: ignore[arg-type] # 0 to 3
        for stage in range(4)
    ]
    assert stages == sorted(stages, reverse=True)
    assert stages[3] < stages[0] / 2


def test_a_pipeline_stands_still_less_with_more_micro_batches() -> None:
    staged = replace(PLAIN, pipeline_parallel=4, micro_batch=1)
    few = seconds(staged, 4) / 4
    many = seconds(staged, 32) / 32
    # (p − 1) / m of the work is idle: 3/4 of it against 3/32.
    assert few / many == pytest.approx((1 + 3 / 4) / (1 + 3 / 32), rel=0.1)


def test_smaller_states_hold_less() -> None:
    assert held(replace(PLAIN, optimizer="sgd")) < held(replace(PLAIN, optimizer="adamw-8bit"))
    assert held(replace(PLAIN, optimizer="adamw-8bit")) < held(PLAIN)


def test_interleaved_parts_shorten_the_wait_and_hold_more() -> None:
    plain = replace(PLAIN, pipeline_parallel=4, micro_batch=2)
    parts = replace(plain, virtual_stages=4)
    # Of four micro-batches in four stages, 3 / 4 of the work is waited for, then 3 / 16.
    assert seconds(parts) / seconds(plain) == pytest.approx((1 + 3 / 16) / (1 + 3 / 4), rel=0.1)
    large = replace(plain, micro_batch=16)
    assert held(replace(large, virtual_stages=4), 64) > held(large, 64)


def test_feeding_a_pipeline_from_both_ends_shortens_the_wait_and_holds_parameters_twice() -> None:
    plain = replace(PLAIN, pipeline_parallel=4, micro_batch=2)
    both = replace(plain, pipeline_schedule="dualpipe")
    assert seconds(both) < 0.75 * seconds(plain)
    extra = held(both) - held(plain)
    assert extra >= PROFILE.memory.parameters_bytes / 4


def mixture(experts: int = 32) -> ModelProfile:
    """The first product of each block stands for that of experts: each token takes one of them."""
    phase = PROFILE.phases[0]
    first = next(row for row in phase.operators if row.kind == "matmul" and row.repeats > 1)
    many = replace(first, weight_bytes=first.weight_bytes * experts)
    rows = tuple(many if row is first else row for row in phase.operators)
    added = (experts - 1) * first.weight_bytes * first.repeats
    memory = PROFILE.memory
    memory = replace(memory, parameters_bytes=memory.parameters_bytes + added)
    return replace(
        PROFILE, phases=(replace(phase, operators=rows), *PROFILE.phases[1:]), memory=memory
    )


def step_of(profile: ModelProfile, setup: Setup) -> PhaseProjection:
    asked = Asked(1, 512, 512, 1, 64, 512)
    return project_exactly(scenario(profile, "h100-sxm"), setup, asked).phases["training_step"]


def test_spread_experts_are_held_and_read_by_one_rank_each() -> None:
    alone = replace(PLAIN, data_parallel=8, micro_batch=1)
    spread = replace(alone, expert_parallel=8)
    one, eight = (step_of(mixture(), setup) for setup in (alone, spread))
    assert one.memory_bytes is not None
    assert eight.memory_bytes is not None
    assert one.time_s is not None
    assert eight.time_s is not None
    assert eight.memory_bytes.expected < 0.6 * one.memory_bytes.expected
    assert eight.time_s.expected < one.time_s.expected


def test_tokens_for_experts_on_other_machines_take_longer() -> None:
    hardware = scenario(PROFILE, "h100-sxm").hardware
    one = np.ones(3)
    took = all_to_all_seconds(hardware, np.array([1.0, 8.0, 64.0]), one, 1e8 * one, 8.0, "expected")
    assert took[0] == 0
    # At 450 GB/s seven of eight copies leave the accelerator, at 25 some four and a half.
    assert 10 * took[1] < took[2]


def test_without_experts_there_is_nothing_to_spread() -> None:
    setup = replace(PLAIN, data_parallel=8, micro_batch=1)
    assert step_of(PROFILE, replace(setup, expert_parallel=8)) == step_of(PROFILE, setup)


def test_a_checkpoint_holds_the_states_of_its_optimizer() -> None:
    kept = [
        next(line for line in found.bill.lines if line.name == "checkpoints")
        for found in project(scenario(PROFILE, "h100-sxm"), [Setup(), Setup(optimizer="sgd")])
    ]
    sizes = [next(each.value for each in line.inputs if each.unit == "bytes") for line in kept]
    assert sizes[0] is not None
    assert sizes[1] is not None
    difference = sizes[0].expected - sizes[1].expected
    assert difference == PROFILE.memory.optimizer_bytes > 0
