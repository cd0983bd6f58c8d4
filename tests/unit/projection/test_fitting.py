"""A fit finds the curves that made its points, and says how far it is off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from advisor.catalog import load
from advisor.catalog.hardware import Hardware
from advisor.projection.curves import curves_of
from advisor.projection.fitting import fit, left_out
from advisor.projection.points import TimedPoint, point_rows
from advisor.projection.setup import Setup
from tests.benchmarks.reference_points import product

SIZES = [(m, n, k) for m in (1, 64, 512, 4096) for n in (1024, 4096) for k in (1024, 4096, 8192)]


def part(**figures: float) -> Hardware:
    """An A100 whose matrix products have these figures."""
    known = load.hardware_by_id("a100-80-sxm")
    curves = curves_of(known)
    matmul = replace(curves.classes["matmul"], **figures)  # type: ignore[arg-type]
    changed = replace(curves, classes={**curves.classes, "matmul": matmul})
    return replace(known, efficiency=replace(known.efficiency, curves=changed))


def made_by(hardware: Hardware, noise: float = 0.0) -> list[TimedPoint]:
    blank = [TimedPoint((product(*size),), 1.0, Setup(execution="captured")) for size in SIZES]
    seconds = point_rows(blank, hardware).projected(hardware)
    factors = np.exp(np.random.default_rng(0).normal(0.0, noise, len(SIZES)))
    return [
        replace(point, seconds=float(found))
        for point, found in zip(blank, seconds * factors, strict=True)
    ]


def test_the_curves_that_made_the_points_come_back() -> None:
    points = made_by(part(compute=0.6, bandwidth=0.5))
    start = part()
    fitted = replace(start, efficiency=fit(points, start))
    projected = point_rows(points, fitted).projected(fitted)
    measured = np.array([point.seconds for point in points])
    assert np.max(np.abs(np.log(projected / measured))) < 0.08
    assert fitted.efficiency.curves is not None
    assert abs(fitted.efficiency.curves.classes["matmul"].bandwidth - 0.5) < 0.05


def test_the_interval_grows_with_the_noise() -> None:
    def width(noise: float) -> float:
        curves = fit(made_by(part(), noise), part()).curves
        assert curves is not None
        spread = curves.classes["matmul"].spread
        return spread.high / spread.low

    assert width(0.2) > 1.25 > width(0.01)


def test_a_class_without_points_keeps_its_curve() -> None:
    curves = fit(made_by(part(compute=0.6)), part()).curves
    assert curves is not None
    assert curves.classes["conv"] == curves_of(part()).classes["conv"]


def test_points_of_a_group_are_left_out_together() -> None:
    points = made_by(part())
    odd = [replace(point, seconds=3 * point.seconds) for point in points[:6]]
    groups = ["odd"] * 6 + [str(index) for index in range(len(points) - 6)]
    errors = left_out([*odd, *points[6:]], part(), groups)
    assert np.median(errors[:6]) > np.log(2.0)
