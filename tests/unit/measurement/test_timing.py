from __future__ import annotations

import time

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from advisor.measurement.timing import Stopwatch, spread, time_in_turn, warm_up

CPU = Stopwatch(torch.device("cpu"))


class Recorded:
    """A forward pass that notes when it ran and sleeps for as long as it is told."""

    def __init__(self, calls: list[str], name: str, seconds: list[float] | None = None) -> None:
        self.calls, self.name = calls, name
        self.seconds = seconds or [0.0]

    def __call__(self) -> None:
        time.sleep(self.seconds[0] if len(self.seconds) == 1 else self.seconds.pop(0))
        self.calls.append(self.name)


def test_time_is_that_of_the_call() -> None:
    assert 0.02 <= CPU.time_s(Recorded([], "a", [0.02])) < 0.5


@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=50))
def test_spread_is_ordered_and_within_the_timings(timings: list[float]) -> None:
    found = spread(timings)
    assert found.low == min(timings)
    assert found.high == max(timings)
    assert found.repeats == len(timings)
    slack = 1e-9 * found.high  # interpolation rounds
    assert found.low - slack <= found.median <= found.p95 + slack <= found.high + 2 * slack


def test_spread_of_known_timings() -> None:
    found = spread([float(each) for each in range(101)])
    assert (found.median, found.p95) == (50.0, 95.0)


def test_spread_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no timings"):
        spread([])


def test_baseline_and_variant_alternate_and_take_turns_at_going_first() -> None:
    calls: list[str] = []
    timed = time_in_turn(
        CPU, Recorded(calls, "b"), Recorded(calls, "v"), repeats=4, report=lambda *_: None
    )
    before, after = timed.before, timed.after
    assert "".join(calls) == "bvvbbvvb"
    assert (before.repeats, after.repeats) == (4, 4)


def test_each_timing_goes_to_the_one_that_ran() -> None:
    timed = time_in_turn(
        CPU, Recorded([], "b"), Recorded([], "v", [0.02]), repeats=3, report=lambda *_: None
    )
    before, after = timed.before, timed.after
    assert before.high < 0.02 <= after.low


def test_time_limit_ends_the_timing_and_the_repeats_done_are_told() -> None:
    slow = Recorded([], "b", [0.02])
    timed = time_in_turn(CPU, slow, slow, 1000, lambda *_: None, limit_s=0.1)
    before, after = timed.before, timed.after
    assert 1 < before.repeats == after.repeats < 10


def test_one_turn_is_taken_even_without_time() -> None:
    timed = time_in_turn(CPU, Recorded([], "b"), Recorded([], "v"), 5, lambda *_: None, limit_s=0.0)
    before, after = timed.before, timed.after
    assert (before.repeats, after.repeats) == (1, 1)


def test_progress_rises_and_stays_short_for_many_repeats() -> None:
    told: list[float] = []
    time_in_turn(
        CPU, Recorded([], "b"), Recorded([], "v"), 1000, lambda _, fraction: told.append(fraction)
    )
    assert told == sorted(told)
    assert 10 <= len(told) <= 60
    assert told[-1] < 1


def test_warm_up_goes_on_until_runs_agree() -> None:
    calls: list[str] = []
    warm_up(CPU, Recorded(calls, "a", [0.2, 0.1, 0.05, 0.03, 0.03, 0.03, 0.03]))
    assert len(calls) >= 6


def test_warm_up_lets_the_first_run_compile_and_stops_at_its_limit() -> None:
    calls: list[str] = []
    # Never steady: each run takes twice as long as the one before.
    warm_up(CPU, Recorded(calls, "a", [0.02 * 2**n for n in range(9)]), limit_s=0.1)
    assert 2 <= len(calls) <= 5


def test_outliers_are_counted_and_stay_in_the_figures() -> None:
    found = spread([1.0, 1.1, 1.2, 1.1, 1.0, 1.1, 9.0])
    assert found.outliers == 1
    assert found.high == 9.0
    assert found.lower_quartile is not None
    assert found.upper_quartile is not None
    assert found.lower_quartile <= found.median <= found.upper_quartile


def test_warm_up_says_whether_the_runs_came_to_agree() -> None:
    assert warm_up(CPU, Recorded([], "a", [0.02]))
    assert not warm_up(CPU, Recorded([], "a", [0.02 * 2**n for n in range(9)]), limit_s=0.1)
