"""Engine profiles: what they must hold for the projections that stand on them."""

from __future__ import annotations

import pytest

from advisor.catalog import load
from advisor.catalog.engine import Engine
from advisor.projection.training_step import TRAINING_ENGINE

ENGINES = list(load.engines().values())


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.id)
def test_an_engine_serves_or_trains(engine: Engine) -> None:
    assert engine.serving is not None or engine.training is not None


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.id)
def test_hardware_that_it_was_fitted_on_exists(engine: Engine) -> None:
    for part in (engine.serving, engine.training):
        if part is not None:
            assert set(part.fitted_on) <= set(load.hardware())


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.id)
def test_a_spread_says_where_it_was_seen_and_holds_the_projection(engine: Engine) -> None:
    for part in (engine.serving, engine.training):
        if part is not None and part.spread.low < part.spread.high:
            assert part.fitted_on
            assert part.spread.low <= 1 <= part.spread.high


def test_the_engine_that_trains_is_there() -> None:
    assert load.engine_by_id(TRAINING_ENGINE).training is not None
