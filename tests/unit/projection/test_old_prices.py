"""Old prices are warned of, oldest first, by a date that is handed in."""

from __future__ import annotations

from datetime import date

from advisor.catalog.quantity import Source
from advisor.projection.old_prices import old_prices, warning
from advisor.projection.result import Bill, Estimate, LineInput, LineItem

ONE = Estimate(1.0, 1.0, 1.0)
TODAY = date(2026, 11, 23)


def figure(name: str, unit: str, as_of: str | None) -> LineInput:
    source = None if as_of is None else Source("a list", as_of, "high")
    return LineInput(name, ONE, unit, f"price list {name}", source)


def bill(*inputs: LineInput) -> Bill:
    line = LineItem("data", "a line", ONE, "units", ONE, ONE, "", inputs=inputs)
    return Bill((line, line))


def test_old_prices_are_named_once_with_their_age() -> None:
    found = old_prices(
        bill(
            figure("new", "USD/h", "2026-11-01"),
            figure("older", "USD", "2024-05"),
            figure("old", "USD/GB-month", "2026-05-04"),
        ),
        TODAY,
    )
    assert found == (
        "older (price list older, 2024-05): 906 days old",
        "old (price list old, 2026-05-04): 203 days old",
    )


def test_only_prices_and_only_what_has_a_source() -> None:
    given = bill(figure("discount", "of the price", "2020"), figure("set", "USD/h", None))
    assert old_prices(given, TODAY) == ()
    assert warning(given, TODAY) is None


def test_the_same_bill_grows_old_with_the_clock() -> None:
    given = bill(figure("rent", "USD/h", "2026-05-27"))
    assert warning(given, TODAY) is None
    told = warning(given, date(2026, 11, 24))
    assert told == (
        "prices older than 180 days:\n  rent (price list rent, 2026-05-27): 181 days old"
    )
