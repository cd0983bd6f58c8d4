"""Numbers as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import units


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (units.usd(1234567.8), "$1,234,568"),
        (units.usd(12.345), "$12.35"),
        (units.usd(-250), "-$250"),
        (units.usd(-0.004), "$0.00"),
        (units.usd(-0.005), "-$0.01"),
        (units.days(1), "1 day"),
        (units.days(1.5), "1.5 days"),
        (units.usd(250, at_least=True), "≥ $250"),
        (units.delta_usd(-12.5), "-$12.50"),
        (units.delta_usd(0), "+$0.00"),
        (units.percent(-0.1234, signed=True), "-12.3%"),
        (units.percent(-0.00001), "0.0%"),
        (units.seconds(2.5e-5), "25.0 µs"),
        (units.seconds(0.0123), "12.30 ms"),
        (units.seconds(150), "2.5 min"),
        (units.memory(80 * 2**30), "80.0 GiB"),
        (units.count(35.6e12, "FLOP"), "35.60 TFLOP"),
        (units.parameters(70_553_706_496), "70.55 B"),
        (units.months(2.25), "2.2 months"),
        (units.months(1e7), "> 100 years"),
        (units.months(float("inf")), "never"),
        (units.printable("a\x1b[31mb\u202ec"), "a\\u001b[31mb\\u202ec"),
    ],
)
def test_shown(shown: str, text: str) -> None:
    assert shown == text


@pytest.mark.parametrize(
    "show",
    [units.usd, units.delta_usd, units.percent, units.seconds, units.memory, units.count,
     units.parameters, units.number, units.months],
)  # fmt: skip
def test_unknown_is_never_a_number(show: object) -> None:
    assert callable(show)
    assert show(None) == "unknown"


@given(st.text())
def test_nothing_unprintable_gets_through(text: str) -> None:
    assert all(char.isprintable() or char in "\u2028\u2029\xa0" or char.isspace() or ord(char) > 127
               for char in units.printable(text))  # fmt: skip
    assert "\x1b" not in units.printable(text)


def test_a_count_is_worded_by_how_many_there_are() -> None:
    assert [units.counted(each, "step") for each in (0, 1, 2)] == ["0 steps", "1 step", "2 steps"]
    assert units.counted(1200, "strategy", "strategies") == "1,200 strategies"
