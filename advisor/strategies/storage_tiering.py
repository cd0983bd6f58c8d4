"""Move data that training reads last to a colder, cheaper tier.

## What it does
A lifecycle rule moves a share of what lies in object storage, the part that is read last, to
infrequent access or to an archive. What the workload keeps in colder tiers already stays there.

## When it pays
Data that is kept for audits, for the record, or for a run once a quarter: half the price in
infrequent access, a twentieth in an archive.

## When it hurts
Reading back is paid by the gigabyte: what every run of a month reads costs more in a colder tier
than the tier saves. An archive takes half a day or two to read back, and bills 180 days of what is
deleted earlier. Many small files cost requests and a least size each.

## How it is measured
There is nothing to measure in the model. How much one run reads is `data.read_fraction`; where
nobody looked, it is taken to be all.

## Sources
Prices of the organization's tiers and of reading back, see its profile. One day for a lifecycle
rule is an assumption.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Parameter, Strategy, no_drop

TIERS = ("infrequent", "archive")
SHARES = (0.5, 0.8, 0.95)


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, colder_tier=str(levels["tier"]), colder_share=float(levels["share"]))


STRATEGY = Strategy(
    slug="storage-tiering",
    title="storage tiering",
    family="data",
    summary="keep what is read last in a colder tier",
    configure=configure,
    apply=None,
    touches=frozenset({"data"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=0.5, expected=1.0, high=4.0),
    quality_drop=no_drop,
    quality_source="the data does not change",
    parameters=(
        Parameter("tier", TIERS, "infrequent", "where it is moved"),
        Parameter("share", SHARES, 0.8, "of what lies in object storage"),
    ),
)
