"""Store data column by column and compressed.

## What it does
Rewrites CSV, JSON and the like as Parquet with zstd: values of one column lie beside each other,
repeated ones are written once, and what is left is compressed.

## When it pays
Tables and text in plain files, and months of them: storage and what is read over the network fall
to a half or a quarter.

## When it hurts
Images, audio and video are compressed already. Compressed columns are awkward to change row by row,
and unpacking takes time of the processor that feeds the accelerator: watch that it keeps up.

## How it is measured
`advisor data PATH` writes a part of the data so in memory and reports what is left
(`data.packed_fraction` of the audit, by `--data` or `--data-report`). The model is not touched.

## Sources
Postgres Pro AXE documentation, 8.1: Parquet 2 to 4 times smaller than CSV; parquet-mr
PoweredBy.md: 28% saved on Twitter's clusters. Where nobody measured, that last one is expected. The
days of work are an assumption.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Levels, Strategy, no_drop


def configure(setup: Setup, levels: Levels) -> Setup:
    del levels
    return replace(setup, compressed_columns=True)


STRATEGY = Strategy(
    slug="columnar-format",
    title="compressed columnar format",
    family="data",
    summary="store data column by column, compressed",
    configure=configure,
    apply=None,
    touches=frozenset({"data"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=0.5, expected=2.0, high=6.0),
    quality_drop=no_drop,
    quality_source="the data does not change",
)
