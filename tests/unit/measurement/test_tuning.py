from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.workload import Quality
from advisor.errors import ModelError, UsageError
from advisor.measurement.result import Measurement
from advisor.measurement.tuning import first_to_try, keeps_floor, levels_by_strength, tune
from advisor.strategies.selection import Choice
from tests.support.measurements import measurement

LEVELS = levels_by_strength("structured-pruning", None, "--strategy")


def losing(choice: Choice, drop: float) -> Measurement:
    return measurement(str(choice), 0.02, 0.01, 1.0, 1.0 - drop)


@given(st.lists(st.floats(0, 1), min_size=len(LEVELS), max_size=len(LEVELS)), st.floats(0, 1))
def test_the_strongest_level_within_the_floor_is_found(drops: list[float], most: float) -> None:
    by_choice = dict(zip(LEVELS, sorted(drops), strict=True))
    tuned = tune(LEVELS, Quality(most), lambda choice: losing(choice, by_choice[choice]))
    kept = [
        choice for choice in LEVELS if keeps_floor(losing(choice, by_choice[choice]), Quality(most))
    ]
    assert tuned.strongest == (kept[-1] if kept else None)
    assert len(tuned.tried) <= 3  # of five levels


@pytest.mark.parametrize("first", range(len(LEVELS)))
@pytest.mark.parametrize("kept", range(len(LEVELS) + 1))
def test_where_it_begins_changes_nothing_but_the_way(first: int, kept: int) -> None:
    drops = {choice: float(index >= kept) for index, choice in enumerate(LEVELS)}
    tuned = tune(LEVELS, Quality(0.5), lambda each: losing(each, drops[each]), first)
    assert tuned.strongest == (LEVELS[kept - 1] if kept else None)
    assert tuned.tried[0].choice == LEVELS[first]
    assert len(tuned.tried) <= 4


@pytest.mark.parametrize(("keeps", "first"), [(None, 2), (True, 3), (False, 1)])
def test_losses_of_single_layers_say_where_to_begin(keeps: bool | None, first: int) -> None:
    assert first_to_try(5, keeps) == first


def test_a_class_that_loses_too_much_breaks_the_floor() -> None:
    found = measurement("bf16", 1, 1, 0.9, 0.9, {"a": 1.0, "b": 1.0}, {"a": 1.1, "b": 0.8})
    assert keeps_floor(found, Quality(0.01))
    assert not keeps_floor(found, Quality(0.01, max_worst_class_drop=0.1))


def test_without_an_evaluation_no_floor_can_be_held() -> None:
    with pytest.raises(ModelError, match="no evaluation"):
        tune(LEVELS, Quality(0.01), lambda choice: measurement(str(choice), 1, 1))


def test_levels_go_from_weak_to_strong() -> None:
    ratios = [choice.all_levels()["ratio"] for choice in LEVELS]
    assert ratios == sorted(ratios, key=float)


@pytest.mark.parametrize("slug", ["bf16", "spot"])
def test_what_has_no_levels_or_is_not_done_to_a_model_is_refused(slug: str) -> None:
    with pytest.raises(UsageError, match="nothing to tune"):
        levels_by_strength(slug, None, "--strategy")
