"""The seven indicators as a table on stdout."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.advice.indicator_text import INDICATOR_HEADER, indicator_texts
from advisor.advice.indicators import Indicator
from advisor.cli._output import print_table, print_text


def print_indicators(rows: Sequence[Indicator]) -> None:
    print_text("")
    print_table(INDICATOR_HEADER, [indicator_texts(row) for row in rows])
