"""Figures beside what they may be."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`budget` None where there is none; `detail` says how the figure spreads."""

    name: str
    figure: float
    unit: str
    budget: float | None = None
    detail: str = ""

    @property
    def is_kept(self) -> bool:
        return self.budget is None or self.figure <= self.budget


def show(row: Row) -> bool:
    """Print a line; returns whether the budget is kept."""
    verdict = ""
    if row.budget is not None:
        verdict = f"≤ {row.budget:,g}  {'kept' if row.is_kept else 'MISSED'}"
    sys.stdout.write(
        f"{row.name:44} {row.figure:>10,.1f} {row.unit:5} {verdict:18} {row.detail}".rstrip() + "\n"
    )
    sys.stdout.flush()
    return row.is_kept
