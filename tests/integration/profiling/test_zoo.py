"""Every architecture of the zoo, counted twice: by the package, and by PyTorch's own formulas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from advisor.profiling.counting import count_phases, runnable_replica
from advisor.profiling.replica import meta_replica
from advisor.profiling.scripted import scripted_functions_as_python
from tests.zoo.reference_count import reference_multiply_adds
from tests.zoo.zoo import NAMES, build

NOT_TRACED = {
    "bloom-7b1": "its GELU is an autograd function of its own, whose inside no trace shows",
}


@pytest.fixture(autouse=True)
def _scripted_as_python() -> Iterator[None]:
    """As `profile` has it: some versions of these classes hold functions that are scripted."""
    with scripted_functions_as_python():
        yield


@pytest.mark.parametrize("name", NAMES)
def test_both_counters_agree_exactly(name: str) -> None:
    forward = replace(build(name, shallow=True), decoder=None)
    (count,) = count_phases(forward, meta_replica)
    ours = sum(row.multiply_adds for row in count.phase.operators)
    assert ours == reference_multiply_adds(build(name, shallow=True))
    assert (count.counted_by != "fvcore") == (name in NOT_TRACED), count.notes
    assert not count.uncounted


@pytest.mark.parametrize("name", ["bart-large", "deberta-v3-base"])
def test_a_mask_that_is_looked_at_does_not_need_values(name: str) -> None:
    assert runnable_replica(build(name, shallow=True)) is meta_replica


def test_the_zoo_has_the_architectures_that_are_asked_for() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 40
