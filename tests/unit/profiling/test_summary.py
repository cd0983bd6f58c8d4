"""What is left out of a count is told with its share of the traffic, the largest first."""

from __future__ import annotations

from dataclasses import replace

from advisor.profiling.profile import ModelProfile, Operator
from advisor.profiling.summary import uncounted_lines
from tests.support.profiles import encoder


def _operator(name: str, moved_bytes: int, other_flops: int | None) -> Operator:
    return Operator(
        "", name, "elementwise", "float32", 0, 0, moved_bytes, 0, other_flops=other_flops
    )


def _profile(uncounted: dict[str, int], *operators: Operator) -> ModelProfile:
    whole = encoder()
    phase = replace(whole.phases[0], operators=operators)
    return replace(whole, phases=(phase,), uncounted_operators=uncounted)


def test_nothing_uncounted_tells_nothing() -> None:
    assert uncounted_lines(_profile({}, _operator("add", 100, 25))) == []


def test_each_is_told_with_calls_and_share() -> None:
    made = _profile(
        {"small": 1, "elsewhere": 3, "large": 2},
        _operator("small", 10, None),
        _operator("add", 60, 15),
        _operator("large", 30, None),
    )
    assert uncounted_lines(made) == [
        "large × 2 (30.0% of the bytes)",
        "small × 1 (10.0% of the bytes)",
        "elsewhere × 3",
    ]
