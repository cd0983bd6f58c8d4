"""How old a figure is, by the date of its source. Today is handed in: no clock is read here."""

from __future__ import annotations

import calendar
import re
from datetime import date

from advisor.catalog.quantity import Source

OLD_AFTER_DAYS = 180
"""Prices of accelerators were cut by half within less than a year (AWS, June 2025)."""
_DATE = re.compile(r"(?<!\d)(20\d\d)(?:-(\d\d)(?!\d)(?:-(\d\d)(?!\d))?)?")


def read_on(source: Source) -> date | None:
    """The oldest date that `as_of` names; None where it names none.

    A month or a year alone counts as its last day, so that what is called old surely is.
    """
    found = [_last_day(*match.groups()) for match in _DATE.finditer(source.as_of)]
    return min((each for each in found if each is not None), default=None)


def _last_day(year: str, month: str | None, day: str | None) -> date | None:
    try:
        whole_month = int(month or 12)
        last = calendar.monthrange(int(year), whole_month)[1]
        return date(int(year), whole_month, int(day or last))
    except (ValueError, calendar.IllegalMonthError):
        return None


def age_days(source: Source, today: date) -> int | None:
    """Days since the source was read, at least; None where only a year is known that still runs."""
    read = read_on(source)
    return None if read is None or read > today else (today - read).days


def is_old(source: Source, today: date) -> bool:
    age = age_days(source, today)
    return age is not None and age > OLD_AFTER_DAYS
