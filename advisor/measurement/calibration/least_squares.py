"""Robust least squares over a few parameters, without a library for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OUTLIER = 0.1
"""Of a relative error."""
_STEPS = 40
_DIFFERENCE = 1e-4
_ENOUGH = 1e-4
_MOST_DAMPING = 1e6


def minimize(
    residuals: Callable[[Floats], Floats],
    start: Floats,
    low: Floats,
    high: Floats,
    outlier: float,
) -> Floats:
    """Levenberg and Marquardt's method within `low` and `high`, from `start`.

    A residual counts by its square up to about `outlier` and by its size beyond (soft L1).
    """
    values, damping = np.clip(start, low, high), 1e-2
    found = residuals(values)
    for _ in range(_STEPS):
        weights = 1 / np.sqrt(1 + (found / outlier) ** 2)
        slopes = _slopes(residuals, values, found)
        square = slopes.T @ (slopes * weights[:, None])
        gradient = slopes.T @ (found * weights)
        improved = False
        while damping < _MOST_DAMPING:
            scaled = square + damping * np.diag(np.diag(square) + 1e-9)
            tried = np.clip(values - np.linalg.solve(scaled, gradient), low, high)
            again = residuals(tried)
            if _loss(again, outlier) < _loss(found, outlier):
                improved = True
                break
            damping *= 4
        if not improved:
            break
        gained = _loss(found, outlier) - _loss(again, outlier)
        values, found, damping = tried, again, damping / 4
        if gained < _ENOUGH * _loss(found, outlier):
            break
    return values


def _slopes(residuals: Callable[[Floats], Floats], values: Floats, found: Floats) -> Floats:
    columns = []
    for index in range(len(values)):
        moved = values.copy()
        moved[index] += _DIFFERENCE
        columns.append((residuals(moved) - found) / _DIFFERENCE)
    return np.stack(columns, axis=1)


def _loss(found: Floats, outlier: float) -> float:
    return float(np.sum(np.sqrt(1 + (found / outlier) ** 2) - 1))
