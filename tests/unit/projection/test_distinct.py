"""Setups that run alike are evaluated once, with the same result."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.catalog.quantity import Quantity
from advisor.projection.distinct import distinct
from advisor.projection.engine import evaluate
from advisor.projection.scenario import Evidence
from advisor.projection.setup import Setup
from tests.support.profiles import encoder
from tests.support.scenarios import scenario

NOTHING = Evidence()
PROFILE = encoder(layers=2)


def test_how_a_setup_is_paid_for_does_not_concern_its_run() -> None:
    setups = [
        Setup(), Setup(serving_purchase="spot"), Setup(effort_days=Quantity.exact(3.0)),
        Setup(weights_masked=0.5), Setup(float_format="bf16"),
    ]  # fmt: skip
    first, where = distinct(PROFILE, setups, [NOTHING] * len(setups), "serving")
    assert first == [0, 4]
    assert list(where) == [0, 0, 0, 0, 1]


def test_a_measured_setup_is_apart() -> None:
    first, where = distinct(
        PROFILE, [Setup(), Setup()], [NOTHING, Evidence(latency_ratio=2.0)], "serving"
    )
    assert first == [0, 1]
    assert list(where) == [0, 1]


def test_setups_that_run_alike_still_cost_what_each_costs() -> None:
    given = scenario(encoder(), "a100-80-sxm", "batch-scoring")
    setups = [Setup(), Setup(serving_purchase="spot"), Setup(execution="compiled"), Setup()]
    together = evaluate(given, setups)
    alone = [evaluate(given, [setup]) for setup in setups]
    assert list(together.usd_per_month) == pytest.approx([each.usd_per_month[0] for each in alone])
    assert together.served.latency_s[0] == together.served.latency_s[3]
    assert np.all(together.served.latency_s > 0)
