"""Look for savings, tune and check again in a schedule instead of by hand.

## What it does
`advisor audit`, `advisor tune` and `advisor recheck` run in cron or CI: what a person would look
up, measure and compare every month is done and written down, and only changes are looked at.

## When it pays
Where somebody spends part of every month on the bill: half a day to a day of an engineer. One day
of setting it up is soon paid.

## When it hurts
Where nobody looked before, nothing is freed: then it saves by what it finds, not by time. A report
that nobody reads saves nothing either.

## How it is measured
There is nothing to measure in the model. The exit code of `advisor recheck` says whether a person
has to look; count how often one did.

## Sources
The share of time is an assumption, see `projection.team_time`: half a day a month, one at most. The
days of work are an assumption.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, audits_automated=True)


STRATEGY = Strategy(
    slug="automated-audits",
    title="automated tuning and audits",
    family="people",
    summary="audits, tuning and re-checks in a schedule",
    configure=configure,
    apply=None,
    touches=frozenset({"human"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=0.5, expected=1.0, high=3.0),
    quality_drop=no_drop,
    quality_source="the model does not change",
)
