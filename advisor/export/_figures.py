"""Figures as the JSON export writes them."""

from __future__ import annotations

import math

from advisor.catalog.quantity import Quantity
from advisor.export import _document as document
from advisor.projection.result import Estimate

DIGITS = 9
"""Significant digits kept: more than any input has, fewer than the order of a sum changes from one
processor to the next, so that the same audit gives the same bytes everywhere."""


def figure(value: float | None) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def known(figures: Estimate | Quantity) -> document.Range:
    return document.Range(figure(figures.low), figure(figures.expected), figure(figures.high))


def optional(figures: Estimate | Quantity | None) -> document.Range | None:
    return None if figures is None else known(figures)
