"""Where nothing keeps every limit: the limit that binds, and the least it would have to be."""

from __future__ import annotations

import pytest

from advisor.advice.goal import Goal
from advisor.advice.relax import NEAR, limits_of, relaxations
from advisor.advice.relax_text import relaxation_text
from advisor.advice.search import best_setup
from advisor.strategies.selection import every_choice
from tests.support.profiles import convnet, encoder
from tests.support.scenarios import scenario

CHOICES = {slug: every_choice()[slug] for slug in ("bf16", "torch-compile", "int8-dynamic")}
SERVES = ["training.runs_per_month=0"]


def test_the_least_latency_is_named_and_can_be_kept() -> None:
    at = scenario(convnet(), "a100-80-sxm", settings=[*SERVES, "serving.latency_objective_ms=1e-4"])
    assert not best_setup(at, CHOICES).feasible
    (found,) = relaxations(at, CHOICES, Goal())
    assert [limit.name for limit in found.limits] == ["latency"]
    (needed,) = found.needed
    kept, missed = (
        scenario(
            convnet(), "a100-80-sxm",
            settings=[*SERVES, f"serving.latency_objective_ms={needed * share}"],
        )
        for share in (1.0, 1 - 2 * NEAR)
    )  # fmt: skip
    assert best_setup(kept, CHOICES).feasible
    assert not best_setup(missed, CHOICES).feasible
    assert "latency: " in relaxation_text(found)


def test_limits_that_contradict_each_other_are_named_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only int8 is fast enough, which takes both days and quality that are not allowed."""
    only = {"int8-dynamic": CHOICES["int8-dynamic"], "torch-compile": CHOICES["torch-compile"]}
    free = scenario(encoder(), "a100-80-sxm", settings=[*SERVES, "quality.max_drop=0.5"])
    fastest = best_setup(free, only, Goal("latency"))
    assert {each.slug for each in fastest.chosen} == set(only)
    objective = f"serving.latency_objective_ms={fastest.figure * 1e3 * 1.01}"
    at = scenario(encoder(), "a100-80-sxm", settings=[*SERVES, objective, "quality.max_drop=0"])
    monkeypatch.setattr(
        "advisor.advice.relax.limits_of",
        lambda *asked: [each for each in limits_of(*asked) if each.name != "latency"],
    )
    (found,) = relaxations(at, only, Goal(max_days=0))
    assert {limit.name for limit in found.limits} == {"quality", "days of work"}
    assert "contradict each other" in relaxation_text(found)


@pytest.mark.parametrize("days", [0.0])
def test_work_that_is_not_allowed_is_what_binds(days: float) -> None:
    free = scenario(encoder(), "a100-80-sxm", settings=SERVES)
    plain = best_setup(free, {}, Goal("latency")).figure
    fastest = best_setup(free, CHOICES, Goal("latency")).figure
    between = (plain * fastest) ** 0.5 * 1e3
    at = scenario(
        encoder(), "a100-80-sxm", settings=[*SERVES, f"serving.latency_objective_ms={between}"]
    )
    found = relaxations(at, CHOICES, Goal(max_days=days))
    assert {limit.name for each in found for limit in each.limits} >= {"days of work", "latency"}
