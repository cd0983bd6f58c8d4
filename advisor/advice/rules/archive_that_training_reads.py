"""Training would wait for an archive.

## What it sees
Training that runs every month and reads more of the data than what would be left at hand.

## Why it matters
An archive hands data out after twelve hours to two days: each run would start that late, and pay
for the reading.

## What to do
Move only what no run reads to an archive, and state what a run reads (`data.read_fraction`).

## Sources
usage.ai, Glacier deep archive pricing (2026-06): 12 hours standard, 48 in bulk; the workload's
`data.read_fraction`, taken to be all where nobody looked.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.projection.moved_data import read_by_a_run
from advisor.strategies.storage_tiering import SHARES
from advisor.units import number, percent

SLUG = "archive-that-training-reads"
TIERING = "storage-tiering"


def check(facts: Facts) -> Finding | None:
    workload = facts.scenario.workload
    runs, read = workload.training.runs_per_month, read_by_a_run(facts.scenario)
    waited_for = [share for share in SHARES if read.expected > 1 - share]
    if runs < 1 or workload.data.stored_gb == 0 or not waited_for:
        return None
    return Finding(
        SLUG,
        "warning",
        "each run would wait half a day or more for what it reads out of an archive",
        (
            ("training runs a month", number(runs)),
            ("of the data, read by a run", percent(read.expected)),
        ),
        forbids=tuple(f"{TIERING}:tier=archive:share={share}" for share in waited_for),
    )


RULE = Rule(SLUG, "an archive in the way of training", check)
