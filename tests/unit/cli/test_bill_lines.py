"""A bill as text: each line with its formula and where its inputs come from."""

from __future__ import annotations

import pytest

from advisor.catalog.quantity import Source
from advisor.cli._bill import print_lines
from advisor.projection.result import Bill, Estimate, LineInput, LineItem

TWO = Estimate(1.0, 2.0, 3.0)


def test_a_line_shows_product_formula_and_inputs(capsys: pytest.CaptureFixture[str]) -> None:
    price = LineInput("price", TWO, "USD", "price list a", Source("a page", "2026-11", "high"))
    line = LineItem(
        "data", "storage", Estimate(5, 5, 5), "GB", TWO, Estimate(5, 10, 15), "GB × price",
        inputs=(price,),
    )  # fmt: skip
    print_lines(Bill((line,)))
    assert capsys.readouterr().out.strip().splitlines() == [
        "data",
        "  storage: 5 GB × $2 = $10.00",
        "    = GB × price",
        "      price: 2 (1 to 3) USD, price list a [a page, 2026-11, confidence high]",
    ]


def test_what_is_missing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    line = LineItem("hardware", "purchase", TWO, "parts", None, None, "parts × price", "no price")
    print_lines(Bill((line,)))
    told = capsys.readouterr().out
    assert "purchase: 2 parts × unknown = unknown" in told
    assert "not known: no price" in told


def test_control_characters_of_a_profile_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    line = LineItem("data", "evil\x1b[31m", TWO, "GB", TWO, TWO, "")
    print_lines(Bill((line,)))
    assert "\x1b" not in capsys.readouterr().out
