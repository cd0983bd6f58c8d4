"""Errors of projections against published figures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.projection.operators import Floats

INTERVAL = (0.1, 0.9)
"""Quantiles of measured over projected that make an interval of 80%."""


@dataclass(frozen=True)
class Compared:
    """One row; `group` is what is left out with it when anything is fitted."""

    group: str
    label: str
    projected: float
    measured: float
    naive: float
    low: float | None = None
    high: float | None = None

    @property
    def error(self) -> float:
        return float(np.log(self.projected / self.measured))


def summary(title: str, rows: Sequence[Compared]) -> None:
    """Median, p90 and bias of ln(projected / measured), the naive estimate's, and coverage."""
    errors = np.array([row.error for row in rows])
    naive = np.array([np.log(row.naive / row.measured) for row in rows])
    sys.stdout.write(
        f"{title}: {len(rows)} rows: median {np.median(np.abs(errors)):.1%}, "
        f"p90 {np.quantile(np.abs(errors), 0.9):.1%}, bias {np.median(errors):+.1%}; "
        f"naive: median {np.median(np.abs(naive)):.1%}, "
        f"p90 {np.quantile(np.abs(naive), 0.9):.1%}"
    )
    bounded = [row for row in rows if row.low is not None and row.high is not None]
    if bounded:
        held = [(row.low or 0) <= row.measured <= (row.high or 0) for row in bounded]
        sys.stdout.write(f"; 80% interval holds {np.mean(held):.0%}")
    sys.stdout.write("\n")


def groups_left_out(names: Sequence[str]) -> list[tuple[str, list[int], list[int]]]:
    """For each group: its name, the rows to fit, the rows to test."""
    return [
        (
            group,
            [index for index, name in enumerate(names) if name != group],
            [index for index, name in enumerate(names) if name == group],
        )
        for group in dict.fromkeys(names)
    ]


@dataclass(frozen=True)
class Line:
    """Projections as a line in one figure, at some value of another (`at`, named by the caller)."""

    at: float
    base: Floats
    slope: Floats


def fitted(
    lines: Sequence[Line], measured: Floats, values: Floats, rows: Sequence[int]
) -> tuple[Line, float]:
    """The line and the one of `values` that come nearest to what `rows` measured.

    Nearest by the mean absolute logarithm, which a few rows that went wrong do not lead astray.
    """
    chosen = list(rows)
    found = []
    for line in lines:
        projected = line.base[chosen] + line.slope[chosen] * values[:, None]
        scores = np.mean(np.abs(np.log(projected / measured[chosen])), axis=1)
        found.append((float(scores.min()), line, float(values[scores.argmin()])))
    _, best, value = min(found, key=lambda each: each[0])
    return best, value


def bounded_by_others(rows: Sequence[Compared]) -> list[Compared]:
    """`rows` with the intervals that the errors of the other groups' rows give."""
    ratios = np.array([row.measured / row.projected for row in rows])
    found = list(rows)
    for _, others, own in groups_left_out([row.group for row in rows]):
        low, high = np.quantile(ratios[others], INTERVAL)
        for index in own:
            projected = rows[index].projected
            found[index] = replace(rows[index], low=projected * low, high=projected * high)
    return found


def leave_groups_out(
    title: str, rows: Sequence[Compared], lines: Sequence[Line], values: Floats
) -> None:
    """Print the figures fitted without each group, and the errors of the rows left out."""
    measured = np.array([row.measured for row in rows])
    left_out = list(rows)
    for group, fit, test in groups_left_out([row.group for row in rows]):
        line, value = fitted(lines, measured, values, fit)
        sys.stdout.write(f"without {group}: {value:.3g} (at {line.at:g})\n")
        for index in test:
            projected = float(line.base[index] + line.slope[index] * value)
            left_out[index] = replace(rows[index], projected=projected, low=None, high=None)
    summary(f"{title}, each model left out", bounded_by_others(left_out))
    low, high = np.quantile([row.measured / row.projected for row in left_out], INTERVAL)
    line, every = fitted(lines, measured, values, range(len(rows)))
    sys.stdout.write(
        f"all rows: {every:.3g} (at {line.at:g}); spread of those left out: {low:.3f} to "
        f"{high:.3f}\n"
    )
