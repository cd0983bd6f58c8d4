"""Which limit binds, by how much, and where all of them are kept."""

from __future__ import annotations

import math

import pytest

from advisor.catalog import load
from advisor.projection.project import project
from advisor.projection.result import Constraint
from advisor.projection.setup import Setup
from advisor.projection.shortfall import Fit, excess, fits, shortfall, verdict
from tests.support.profiles import decoder, encoder
from tests.support.scenarios import scenario

LATENCY = Constraint("latency", 0.12, 0.05, "s")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (LATENCY, "latency: 120.00 ms where at most 50.00 ms is allowed, 2.4 times as much"),
        (
            Constraint("memory, serving", 160 * 2**30, 80 * 2**30, "bytes"),
            "memory, serving: 160.0 GiB where at most 80.0 GiB is allowed, 2 times as much",
        ),
        (
            Constraint("quality", 0.02, 0.0, "fraction"),
            "quality: 2.0% where at most 0.0% is allowed",
        ),
    ],
)
def test_a_broken_limit_in_words(limit: Constraint, words: str) -> None:
    assert shortfall(limit) == words


def test_nothing_allowed_is_exceeded_without_end() -> None:
    assert excess(Constraint("quality", 0.01, 0.0, "fraction")) == math.inf
    assert excess(Constraint("quality", None, 0.01, "fraction")) == 1.0


def test_the_verdict_names_where_it_works_or_what_binds_nearest() -> None:
    kept, near, far = Fit("b", ()), Fit("a", (LATENCY,)), Fit("c", (LATENCY, LATENCY))
    assert verdict([kept, near]) == "every limit is kept on b"
    assert verdict([near, far]) == (
        f"no hardware of the catalogue keeps every limit; nearest is a: {shortfall(LATENCY)}"
    )


def test_hardware_is_ranked_by_how_far_it_is_off() -> None:
    slow = scenario(
        encoder(tokens=512), "cpu-2vcpu", settings=["serving.latency_objective_ms=1e-3"]
    )
    parts = [load.hardware_by_id(name) for name in ("cpu-2vcpu", "t4", "h100-sxm")]
    ranked = fits(slow, Setup(), parts)
    assert [fit.hardware for fit in ranked][-1] == "cpu-2vcpu"
    assert [fit.worst for fit in ranked] == sorted(fit.worst for fit in ranked)
    assert verdict(ranked).startswith("no hardware of the catalogue keeps every limit")


def test_a_workload_that_one_part_meets_says_which() -> None:
    given = scenario(encoder(), "cpu-2vcpu", settings=["serving.latency_objective_ms=200"])
    parts = [load.hardware_by_id(name) for name in ("cpu-2vcpu", "h100-sxm")]
    assert "h100-sxm" in verdict(fits(given, Setup(), parts))


def test_an_objective_that_no_part_meets_is_named_in_the_projection() -> None:
    given = scenario(
        decoder(), "h100-sxm", "chat-serving", settings=["serving.time_per_output_token_ms=0.01"]
    )
    broken = project(given, [Setup()])[0].broken_constraints
    assert any(limit.name == "time per output token" for limit in broken)
    assert all(excess(limit) > 1 for limit in broken)
