"""Cases in processes of their own: what hangs, dies or finds no time is a row, not an end."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tests.benchmarks.gpu_cases import Case
from tests.benchmarks.gpu_found import Found, Order
from tests.benchmarks.gpu_run import NO_TIME, Child, run_cases

ANSWERS = (
    "import sys; line = sys.stdin.readline(); "
    'open(sys.argv[1], \'w\').write(\'{"cause": "out of memory", "elapsed_s": 1}\')'
)
DIES = "import sys; sys.stdin.readline(); sys.exit('the last words')"
HANGS = "import sys, time; sys.stdin.readline(); time.sleep(600)"


def order() -> Order:
    return Order(Case("digits").request, "forward", (), "cpu", 3)


def found_by(program: str, limit_s: float = 20.0) -> Found:
    child = Child(("-c", program))
    try:
        return child.measure(order(), limit_s)
    finally:
        child.end()


def test_what_a_child_wrote_is_what_was_found() -> None:
    assert found_by(ANSWERS) == Found(cause="out of memory", elapsed_s=1.0)


def test_a_child_that_dies_leaves_its_last_words() -> None:
    cause = found_by(DIES).cause
    assert cause is not None
    assert "ended with 1" in cause
    assert "the last words" in cause


def test_a_child_that_hangs_is_ended_at_its_limit() -> None:
    started = time.monotonic()
    assert found_by(HANGS, 1.0).cause == "took longer than 1 s"
    assert time.monotonic() - started < 10


def run(cases: Sequence[Case], left_s: float) -> list[str | None]:
    made: list[Child] = []

    def start() -> Child:
        made.append(Child(("-c", ANSWERS)))
        return made[-1]

    ends_at = time.monotonic() + left_s
    found = list(run_cases(cases, "cpu", 3, ends_at, lambda _: None, start))
    return [each.cause for _, each in found]


def test_every_case_is_run_in_its_own_process() -> None:
    assert run([Case("digits"), Case("tiny-gpt")], 600) == ["out of memory"] * 2


def test_cases_without_time_are_listed_as_not_run() -> None:
    assert run([Case("digits"), Case("tiny-gpt")], 1) == [NO_TIME] * 2
