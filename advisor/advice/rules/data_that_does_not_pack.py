"""Packing the data would be work for nothing.

## What it sees
A data report in which compressed columns take nearly as much room as what is stored.

## Why it matters
Images, audio, video and Parquet itself are compressed already; rewriting them costs days and
processor time at every read.

## What to do
Leave the format as it is; look for duplicates and for colder storage instead.

## Sources
The workload's `data.packed_fraction`, which a data report sets.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE
from advisor.units import percent

SLUG = "data-that-does-not-pack"
FORMAT = "columnar-format"


def check(facts: Facts) -> Finding | None:
    packed = facts.scenario.workload.data.packed_fraction
    if packed is None or packed.expected < 1 - NOTICEABLE:
        return None
    return Finding(
        SLUG,
        "note",
        "compressed columns would take as much room as the data take now",
        (("of the room, in compressed columns", percent(packed.expected)),),
        cautions=(FORMAT,),
    )


RULE = Rule(SLUG, "data that are compressed already", check)
