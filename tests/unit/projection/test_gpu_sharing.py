"""Fleets of processes that share a GPU, worked by hand against those that have one each."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.catalog.load import hardware_by_id
from advisor.projection.consolidation import neighbours, part_of_fleet
from advisor.projection.engine import evaluate
from advisor.projection.project import project
from advisor.projection.scenario import CASES
from advisor.projection.setup import Setup
from advisor.projection.slices import WHOLE, part_of
from advisor.projection.time import SWITCHING
from advisor.strategies.selection import parse_selection, setup_for
from tests.support.profiles import encoder
from tests.support.scenarios import scenario


def test_side_by_side_each_of_four_has_a_quarter() -> None:
    setup = setup_for(parse_selection("mps:tenants=4"))
    assert part_of(setup, hardware_by_id("l4")) == (4, 0.25, 0.25, 0.25, 1)


def test_by_turns_each_of_four_has_the_whole_gpu_and_a_quarter_of_its_memory() -> None:
    setup = setup_for(parse_selection("time-slicing:tenants=4"))
    assert part_of(setup, hardware_by_id("l4")) == (4, 1, 1, 0.25, 4)


@pytest.mark.parametrize("slug", ["mps", "time-slicing"])
def test_a_processor_stays_whole(slug: str) -> None:
    setup = setup_for(parse_selection(slug))
    processor = hardware_by_id("cpu-2vcpu")
    assert part_of(setup, processor) == WHOLE


def test_work_that_fills_the_gpu_takes_as_many_times_longer_as_there_are_turns() -> None:
    """A batch of 4096: the device decides, so that two turns take 2 / (1 - 5%) as long."""
    given = scenario(encoder(), "l4", settings=["serving.batch_size=4096"])
    alone, shared = project(given, [Setup(), setup_for(parse_selection("time-slicing"))])
    assert SWITCHING.expected == 0.05
    ratio = shared.latency_s.expected / alone.latency_s.expected
    assert ratio == pytest.approx(2 / 0.95, rel=1e-6)


@pytest.mark.parametrize("selection", ["mps:tenants=4", "time-slicing:tenants=4", "mig:slice=1g"])
def test_a_fleet_is_charged_its_replicas_over_those_a_gpu_holds(selection: str) -> None:
    """Replicas for the peak at the planned use, by the rate of one, over 4 (or 7) on a GPU."""
    given = scenario(encoder(), "a100-80-sxm")
    found = project(given, [setup_for(parse_selection(selection))])[0]
    serving = given.workload.serving
    peak = serving.requests_per_month / (730 * 3600) * serving.peak
    planned = found.throughput_per_s.expected * given.organization.capacity.target_utilisation
    replicas = max(-(-peak // planned), 1) + serving.redundant_replicas
    held = 7 if selection.startswith("mig") else 4
    assert found.serving_accelerators.expected == pytest.approx(replicas / held)


def test_a_model_pays_its_part_of_a_consolidated_fleet() -> None:
    """0.5 of its own beside 3.1 of others: 4 accelerators and a spare one, of which 0.5 / 3.6."""
    paid = part_of_fleet(np.array([0.5]), 1.0, np.array([3.1]))
    assert paid == pytest.approx([5 * 0.5 / 3.6])


def test_what_neighbours_demand_is_a_key_of_the_organization() -> None:
    setups = [Setup(), Setup(models_on_fleet=2)]
    stated = scenario(encoder(), "l4", settings=["capacity.neighbour_accelerators=3"])
    assert list(neighbours(stated, setups, "expected")) == [0, 3]
    unknown = scenario(encoder(), "l4")
    assert [list(neighbours(unknown, setups, case))[1] for case in CASES] == [8, 1, 0]


def test_a_consolidated_fleet_gives_a_model_half_of_the_memory_and_the_whole_gpu() -> None:
    setup = setup_for(parse_selection("consolidation"))
    assert part_of(setup, hardware_by_id("l4")) == (1, 1, 1, 0.5, 1)


def test_training_keeps_whole_gpus_beside_what_serves_on_a_slice() -> None:
    """Of what is owned: a seventh for each replica, and whole accelerators for the runs."""
    given = scenario(
        encoder(), "a100-80-sxm", "batch-scoring", settings=["training.runs_per_month=1"]
    )
    for case in CASES:
        fleet = evaluate(given, [Setup(mig_slice="1g")], case).fleet
        for_training = fleet.owned_accelerators - fleet.serving_accelerators
        assert for_training == pytest.approx(fleet.owned_for_training)
        assert float(fleet.owned_for_training[0]).is_integer()


def test_memory_adds_up() -> None:
    given = scenario(encoder(), "l4")
    found = project(given, [setup_for(parse_selection("mps:tenants=4"))])[0]
    room = next(each for each in found.constraints if each.name == "memory, serving")
    assert room.limit == pytest.approx(given.hardware.memory.capacity_gib * 2**30 / 4)
