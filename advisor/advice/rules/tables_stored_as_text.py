"""Data that would take a part of the room in compressed columns is stored as it came.

## What it sees
A data report that packed a part of the data (`data.packed_fraction`), and a bill that is lower with
the rest packed likewise, the days of work paid.

## Why it is waste
Text files write the name or the digits of every value out; columns of like values compress.

## What to do
Rewrite the data as Parquet with zstd, and read that.

## Sources
The report's own figure; Postgres Pro AXE documentation, 8.1: 2 to 4 times smaller than CSV.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import cheapest_level
from advisor.units import number, percent, usd

SLUG = "tables-stored-as-text"
FORMAT = "columnar-format"


def check(facts: Facts) -> Finding | None:
    data = facts.scenario.workload.data
    best = cheapest_level(facts, FORMAT)
    if data.packed_fraction is None or best is None:
        return None
    return Finding(
        SLUG,
        "waste",
        f"the data would take {percent(data.packed_fraction.expected)} of the room in columns",
        (
            ("stored", number(data.stored_gb, "GB")),
            ("of it in compressed columns", percent(data.packed_fraction.expected)),
            ("saved a month", usd(best[1])),
        ),
        recommends=(FORMAT,),
    )


RULE = Rule(SLUG, "tables and text that compress, stored as they came", check)
