"""Fits the efficiency curves in `profiles/hardware`: `python -m tests.benchmarks.fit_efficiency`.

Prints, for each table of `reference_points`, the error of rows whose model the fit has not seen,
and the block for the part's TOML file, fitted to all rows. It takes some minutes; with the name
of a part (`rtx4090`), only that one is fitted.
"""

from __future__ import annotations

import sys
from dataclasses import fields, replace

import numpy as np

from advisor.catalog import load
from advisor.catalog.hardware import Curve, Curves, Hardware
from advisor.projection.curves import COMPUTING, KERNELS
from advisor.projection.fitting import fit, left_out
from advisor.projection.points import point_rows
from tests.benchmarks.reference_points import Table, each_table


def block(curves: Curves, seen: set[str]) -> str:
    """The classes that the points know of, as TOML, at three significant digits."""
    lines = [
        "[efficiency.curves]  # fitted by tests/benchmarks/fit_efficiency.py",
        *(
            f"{name} = {getattr(curves, name):.3g}"
            for name in ("tile_loss", "overlap", "cache_speed")
        ),
    ]
    for kernel in sorted(seen):
        curve = curves.classes[kernel]
        figures = [
            f"{each.name} = {getattr(curve, each.name):.3g}"
            for each in fields(Curve)
            if _is_told(kernel, each.name) and getattr(curve, each.name)
        ]
        spread = curve.spread
        figures.append(
            f"spread = {{ low = {spread.low:.3g}, expected = 1, high = {spread.high:.3g} }}"
        )
        lines.append(f"classes.{kernel} = {{ {', '.join(figures)} }}")
    return "\n".join(lines)


def _is_told(kernel: str, figure: str) -> bool:
    """Kernels without products have no share of the peak; the interval is printed apart."""
    return figure != "spread" and (figure != "compute" or kernel in COMPUTING)


def without_curves(hardware: Hardware) -> Hardware:
    """The part as it is before the fit, so that a fit does not start from itself."""
    return replace(hardware, efficiency=replace(hardware.efficiency, curves=None))


def report(table: Table) -> None:
    hardware = without_curves(load.hardware_by_id(table.hardware))
    errors = np.abs(left_out(table.points, hardware, table.groups))
    efficiency = fit(table.points, hardware, groups=table.groups)
    assert efficiency.curves is not None
    kinds = np.unique(point_rows(table.points, hardware).calls.kinds)
    sys.stdout.write(
        f"# {table.name}: {len(table.points)} rows, {len(set(table.groups))} models,"
        " each projected by a fit without it: "
        f"median {np.median(errors):.1%}, p90 {np.quantile(errors, 0.9):.1%}\n"
        f"{block(efficiency.curves, {KERNELS[kind] for kind in kinds})}\n\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    each_table(report, sys.argv[1:])
