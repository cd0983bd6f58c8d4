"""Links: which one a ring waits for, and what a collective takes."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.catalog import load
from advisor.projection.parallel import all_reduce_seconds, gather_seconds, link_bytes_per_s

A100 = load.hardware_by_id("a100-80-sxm")
ONE = np.ones(1)


def bandwidth(members: float, spacing: float) -> float:
    return float(link_bytes_per_s(A100.link, members * ONE, spacing * ONE)[0])


def test_a_ring_within_a_machine_has_its_links() -> None:
    assert bandwidth(8, 1) == 300e9


def test_a_ring_over_machines_has_their_network() -> None:
    assert bandwidth(16, 1) == 1600 / 8 * 1e9


def test_rings_side_by_side_share_the_network() -> None:
    # Eight tensor-parallel ranks to a machine: each of the eight rings has an eighth of it.
    assert bandwidth(2, 8) == pytest.approx(1600 / 8 / 8 * 1e9)


def test_an_all_reduce_is_a_gather_and_a_scatter_of_large_payloads() -> None:
    payload = np.array([1e10])
    both = all_reduce_seconds(A100, 8 * ONE, ONE, payload, "expected")
    half = gather_seconds(A100, 8 * ONE, ONE, payload, "expected")
    assert both[0] == pytest.approx(2 * half[0], rel=1e-3)


def test_one_rank_sends_nothing() -> None:
    assert all_reduce_seconds(A100, ONE, ONE, np.array([1e9]), "expected")[0] == 0


def test_more_ranks_take_longer_over_a_small_payload() -> None:
    ranks = np.array([2.0, 4.0, 8.0, 16.0])
    took = all_reduce_seconds(A100, ranks, np.ones(4), np.full(4, 1e4), "expected")
    assert np.all(np.diff(took) > 0)
