from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.measurement.interval import paired_bootstrap, ratio_of_medians


def test_the_same_draws_give_the_same_interval() -> None:
    scores = np.arange(20.0)
    one, two = (paired_bootstrap(20, lambda drawn: float(scores[drawn].mean())) for _ in range(2))
    assert one is not None
    assert one == two
    assert one.holds(9.5)


def test_an_interval_has_about_the_width_of_theory() -> None:
    scores = np.random.default_rng(1).normal(size=400)
    found = paired_bootstrap(400, lambda drawn: float(scores[drawn].mean()))
    assert found is not None
    width = 2 * 1.96 * scores.std() / 20
    assert 0.9 * width < found.high - found.low < 1.1 * width


def test_a_single_pair_tells_nothing() -> None:
    assert paired_bootstrap(1, lambda drawn: 0.0) is None


@settings(max_examples=10)
@given(st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=30), st.floats(0.1, 10.0))
def test_what_is_slower_by_a_factor_at_each_turn_has_that_ratio(
    seconds: list[float], factor: float
) -> None:
    before = np.array(seconds)
    found = ratio_of_medians(before, before * factor)
    assert found is not None
    assert np.allclose([found.low, found.high], factor)
