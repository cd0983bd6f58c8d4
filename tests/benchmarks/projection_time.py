"""Projected and published times, and naive ones: `python -m tests.benchmarks.projection_time`.

No row is projected by a fit that has seen its model: models are left out by turns, for the curves
and for the naive estimates alike. Printed are, for each table and regime, median, 90th percentile
and bias of ln(projected / measured), and how many rows lie in the 80% interval, which is made of
the errors of the other models' rows. The naive estimates:

- constant: FLOPs at one share of the peak, or all weights at the full bandwidth, the longer;
- roofline: a + work / b + traffic / c, fitted to relative errors; of the counts that the table
  publishes, and of the FLOPs and bytes that the engine counts, fused and cast as the setup says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from advisor.catalog import load
from advisor.catalog.hardware import Hardware
from advisor.projection.fitting import FOLDS, INTERVAL, left_out
from advisor.projection.points import PointRows, point_rows
from tests.benchmarks.reference_points import Table, each_table

Floats = NDArray[np.float64]
Estimate = Callable[[NDArray[np.bool_]], Floats]
"""Seconds of all points, from what the points marked tell."""


def folds(groups: Sequence[str]) -> NDArray[np.intp]:
    """As `fitting.left_out` makes them."""
    order = {name: index % FOLDS for index, name in enumerate(dict.fromkeys(groups))}
    return np.array([order[name] for name in groups])


def totals(rows: PointRows) -> tuple[Floats, Floats, Floats, Floats]:
    """FLOPs, bytes of weights, all bytes, and the peak, of each point."""
    count = len(rows.seconds)

    def summed(values: Floats) -> Floats:
        return np.asarray(np.bincount(rows.point, values[0] * rows.repeats, count), float)

    flops, weights = summed(rows.calls.flops), summed(rows.calls.weight_bytes)
    moved = weights + summed(rows.calls.streamed_bytes)
    peak = np.zeros(count)
    np.maximum.at(peak, rows.point, rows.calls.peak_flops[0])
    return flops, weights, moved, peak


def roofline(work: Floats, traffic: Floats, seconds: Floats) -> Estimate:
    """Seconds as a + work / b + traffic / c, least squares on relative errors."""
    from scipy.optimize import nnls

    design = np.stack([np.ones_like(work), work, traffic], axis=1) / seconds[:, None]
    scale = design.mean(axis=0)

    def estimate(seen: NDArray[np.bool_]) -> Floats:
        found, _ = nnls(design[seen] / scale, np.ones(int(seen.sum())))
        return np.asarray(design @ (found / scale) * seconds)

    return estimate


def naive_estimates(table: Table, rows: PointRows, hardware: Hardware) -> dict[str, Estimate]:
    flops, weights, moved, peak = totals(rows)
    bandwidth = hardware.memory.bandwidth_gb_per_s * 1e9

    def constant(seen: NDArray[np.bool_]) -> Floats:
        bound = flops / peak > weights / bandwidth
        share = np.median((flops / peak / rows.seconds)[seen & bound])
        return np.maximum(flops / peak / share, weights / bandwidth)

    found: dict[str, Estimate] = {"constant": constant}
    if table.published_counts:
        work, activations = np.array(table.published_counts).T
        found["roofline, published counts"] = roofline(work, activations, rows.seconds)
    found["roofline, the engine's bytes"] = roofline(flops, moved, rows.seconds)
    return found


def naive_errors(estimate: Estimate, seconds: Floats, fold: NDArray[np.intp]) -> Floats:
    errors = np.zeros(len(seconds))
    for held in np.unique(fold):
        errors[fold == held] = np.log(estimate(fold != held) / seconds)[fold == held]
    return errors


def covered(errors: Floats, fold: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether each row lies in the interval that the rows of other folds give."""
    inside = np.zeros(len(errors), dtype=bool)
    for held in np.unique(fold):
        low, high = np.quantile(errors[fold != held], INTERVAL)
        own = errors[fold == held]
        inside[fold == held] = (own >= low) & (own <= high)
    return inside


def line(name: str, errors: Floats, inside: NDArray[np.bool_] | None = None) -> str:
    away = np.abs(errors)
    coverage = "" if inside is None else f"{inside.mean():9.0%}"
    return (
        f"{name:40} {len(errors):5} {np.median(away):8.1%} {np.quantile(away, 0.9):8.1%} "
        f"{np.median(errors):+8.1%}{coverage}\n"
    )


def report(table: Table) -> None:
    part = load.hardware_by_id(table.hardware)
    hardware = replace(part, efficiency=replace(part.efficiency, curves=None))
    rows, fold = point_rows(table.points, hardware), folds(table.groups)
    errors = -left_out(table.points, hardware, table.groups)
    inside = covered(errors, fold)
    sys.stdout.write(f"\n{table.name:40}  rows   median      p90     bias  covered\n")
    sys.stdout.write(line("curves", errors, inside))
    regimes = np.array(table.regimes)
    for regime in dict.fromkeys(table.regimes):
        own = regimes == regime
        sys.stdout.write(line(f"  {regime}", errors[own], inside[own]))
    for name, estimate in naive_estimates(table, rows, hardware).items():
        sys.stdout.write(line(f"naive: {name}", naive_errors(estimate, rows.seconds, fold)))
    sys.stdout.flush()


if __name__ == "__main__":
    each_table(report, sys.argv[1:])
