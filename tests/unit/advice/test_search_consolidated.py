"""A consolidated fleet costs less than its replica shows: an exact search must not lose it."""

from __future__ import annotations

from advisor.advice.search import best_setup
from advisor.strategies.selection import Choice
from tests.support.profiles import encoder
from tests.support.scenarios import scenario


def test_one_fleet_for_several_models_is_found() -> None:
    settings = [
        "capacity.neighbour_accelerators=3.5",
        "serving.redundant_replicas=1",
        "serving.requests_per_month=10000",
    ]
    given = scenario(encoder(), "h100-sxm", settings=settings)
    consolidated = Choice("consolidation").at("models", 2)
    found = best_setup(given, {"consolidation": (consolidated,), "bf16": (Choice("bf16"),)})
    assert consolidated in found.chosen
