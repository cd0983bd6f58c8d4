"""The wait for a place, against exact results of queueing theory."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.projection.queueing import FIXED, MIXED, mean_wait_s

ONE = np.ones(1)


@pytest.mark.parametrize("load", [0.2, 0.5, 0.8, 0.95])
def test_one_server_waits_as_pollaczek_and_khinchine_say(load: float) -> None:
    # M/M/1: ρ / (1 − ρ) services; with fixed service, half of it.
    found = mean_wait_s(load * ONE, ONE, ONE, MIXED)[0]
    assert found == pytest.approx(load / (1 - load))
    assert mean_wait_s(load * ONE, ONE, ONE, FIXED)[0] == pytest.approx(found / 2)


def test_many_servers_wait_as_erlang_says() -> None:
    # M/M/10 at ρ = 0.9: Erlang's C is 0.6687, so the wait is 0.6687 of a service.
    assert mean_wait_s(9 * ONE, ONE, 10 * ONE, MIXED)[0] == pytest.approx(0.6687, rel=0.02)


def test_too_much_load_waits_for_ever() -> None:
    assert np.isinf(mean_wait_s(ONE, ONE, ONE, MIXED)[0])
