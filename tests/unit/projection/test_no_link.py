"""A model that needs several of a part whose profile states no link between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.errors import ModelError
from advisor.projection.project import project
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from tests.support.profiles import decoder
from tests.support.scenarios import scenario


def alone() -> Scenario:
    given = scenario(decoder(layers=80, hidden=8192), "a100-80-sxm", "chat-serving")
    return replace(given, hardware=replace(given.hardware, link=None))


def test_exchange_is_not_free() -> None:
    given, linked = (
        alone(),
        scenario(decoder(layers=80, hidden=8192), "a100-80-sxm", "chat-serving"),
    )
    setup = Setup(tensor_parallel=4)
    apart, near = project(given, [setup])[0], project(linked, [setup])[0]
    assert apart.accelerators_per_replica == near.accelerators_per_replica == 4
    assert apart.latency_s.expected > 2 * near.latency_s.expected


def test_it_is_said_and_no_replica_fits() -> None:
    found = project(alone(), [Setup(tensor_parallel=4)])[0]
    assert any("states no link to another" in line for line in found.basis)
    limit = {each.name: each for each in found.broken_constraints}["accelerators per replica"]
    assert (limit.value, limit.limit) == (4, 1)


def test_a_tpu_slice_has_its_own_interconnect() -> None:
    found = project(
        scenario(decoder(layers=80, hidden=8192), "tpu-v5e", "chat-serving"), [Setup()]
    )[0]
    assert found.accelerators_per_replica > 1
    assert "accelerators per replica" not in [each.name for each in found.broken_constraints]


def test_a_figure_that_is_not_finite_names_the_part() -> None:
    given = alone()
    memory = replace(given.hardware.memory, bandwidth_gb_per_s=float("nan"))
    broken = replace(given, hardware=replace(given.hardware, memory=memory))
    with pytest.raises(ModelError, match=r"hardware/a100-80-sxm\.toml"):
        project(broken, [Setup()])
