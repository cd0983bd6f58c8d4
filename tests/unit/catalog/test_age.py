"""How old a figure is, by the date of its source."""

from __future__ import annotations

from datetime import date

import pytest

from advisor.catalog.age import age_days, is_old, read_on
from advisor.catalog.quantity import Source

TODAY = date(2026, 11, 23)


def source(as_of: str) -> Source:
    return Source("somewhere", as_of, "high")


@pytest.mark.parametrize(
    ("as_of", "read"),
    [
        ("2026-09-06", date(2026, 9, 6)),
        ("2026-07 (approx)", date(2026, 7, 31)),
        ("2026-02", date(2026, 2, 28)),
        ("2025", date(2025, 12, 31)),
        ("2024-2026", date(2024, 12, 31)),
        ("2025-2026", date(2025, 12, 31)),
        ("2026-05/06", date(2026, 5, 31)),
        ("2024-07 YTD", date(2024, 7, 31)),
        ("2024-05 OEWS (quoted 2026)", date(2024, 5, 31)),
        ("2026-09-06 od; 2025-04/2026-07 spot", date(2025, 4, 30)),
        ("2026-13-01", None),
        ("last spring", None),
        ("", None),
    ],
)
def test_the_oldest_date_counts_and_a_vague_one_as_late_as_it_can(
    as_of: str, read: date | None
) -> None:
    assert read_on(source(as_of)) == read


def test_age_is_in_days() -> None:
    assert age_days(source("2026-11-01"), TODAY) == 22


@pytest.mark.parametrize("as_of", ["2026", "2026 (stored copy)", "undated", "2027-01-01"])
def test_what_is_not_known_to_be_past_has_no_age(as_of: str) -> None:
    assert age_days(source(as_of), TODAY) is None
    assert not is_old(source(as_of), TODAY)


@pytest.mark.parametrize(
    ("as_of", "old"), [("2026-05-27", False), ("2026-05-26", True), ("2025", True)]
)
def test_old_begins_after_180_days(as_of: str, old: bool) -> None:
    assert is_old(source(as_of), TODAY) is old
