"""Data and people, settled before the combinations are formed, cost the search nothing."""

from __future__ import annotations

import pytest

from advisor.advice.search import best_setup
from advisor.advice.settled import BESIDE_DATA, DATA_ALONE, settled
from advisor.advice.space import Space
from advisor.projection.parts import knobs
from advisor.strategies.label_fewer import SHARES
from advisor.strategies.selection import every_choice
from tests.support.profiles import encoder
from tests.support.scenarios import scenario
from tests.unit.advice.test_search import _all, _by_brute_force

DATA = {"columnar-format", "data-deduplication", "label-fewer", "storage-tiering"}
PEOPLE = {"automated-audits", "autoscaling", "managed-serving", "reservation"}
MUCH = ["data.stored_gb=400000", "data.new_samples_per_month=5e6"]


@pytest.mark.parametrize("organization", ["cloud-startup", "on-premises-enterprise"])
@pytest.mark.parametrize(
    "settings",
    [
        [],
        MUCH,
        [*MUCH, "data.read_fraction=0.1", "data.packed_fraction=0.3"],
        [*MUCH, "training.runs_per_month=0", "data.duplicate_fraction=0.4"],
        [*MUCH, "training.runs_per_month=0.1"],
    ],
)
@pytest.mark.parametrize("slugs", [DATA, {*PEOPLE, "storage-tiering"}])
def test_the_cheapest_is_what_enumeration_finds(
    slugs: set[str], settings: list[str], organization: str
) -> None:
    at = scenario(encoder(layers=2), "l4", "medical-diagnosis", organization, settings)
    found = best_setup(at, {slug: every_choice()[slug] for slug in slugs})
    assert found.chosen == (_by_brute_force(at, _all(slugs)) or ())


def test_few_of_the_ways_to_keep_data_are_left() -> None:
    at = scenario(encoder(layers=2), "l4", "medical-diagnosis", settings=MUCH)
    choices = {slug: every_choice()[slug] for slug in DATA - {"data-deduplication"}}
    space = Space.of(at.profile, choices, knobs("serving"), knobs("training", "data"))
    rows = space.combined(tuple(choices), 1.0, float("inf"))
    beside = BESIDE_DATA
    kept = settled(at, rows, DATA_ALONE, beside, 700.0, frozenset(), days_are_bounded=False)
    assert len(rows) == (1 + len(SHARES)) * 2 * 7
    assert len(kept) <= 3 * (1 + len(SHARES)), "a smaller share loses more quality"
