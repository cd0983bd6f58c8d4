"""What a plan is after, on the command line: read, refused, and written out again."""

from __future__ import annotations

from argparse import ArgumentParser

import pytest

from advisor.advice.goal import COST, Goal
from advisor.cli._goal import add_goal, goal
from advisor.errors import UsageError

GOALS = [
    COST,
    Goal("latency"),
    Goal(max_days=2.5),
    Goal("energy", max_days=0, max_up_front_usd=12_000),
]


def _read(words: list[str]) -> Goal:
    parser = ArgumentParser(exit_on_error=False)
    add_goal(parser)
    return goal(parser.parse_args(words))


@pytest.mark.parametrize("given", GOALS)
def test_what_is_written_out_reads_back(given: Goal) -> None:
    assert _read(given.words()) == given


def test_nothing_asked_is_the_least_cost_without_limits() -> None:
    assert _read([]) == COST
    assert not COST.is_bounded


@pytest.mark.parametrize("words", [["--max-days=-1"], ["--max-upfront=nan"], ["--max-days=inf"]])
def test_a_limit_that_is_none_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match="must be 0 or more"):
        _read(words)
