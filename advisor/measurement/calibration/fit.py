"""The curves of this box, fitted to its points: one kernel, number format and operator at a time.

On a processor the same class of kernels differs tenfold between operators (an addition, a
hyperbolic tangent) and formats (oneDNN's bf16, emulated or not), so each gets a curve of its own.
Most points hold one kind of operator alone, so the curves are found one after the other; what a
point's other operators take is subtracted first, and all is gone through again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import Curve, Curves, Efficiency, Hardware
from advisor.catalog.quantity import Quantity, Source
from advisor.measurement.calibration.least_squares import minimize
from advisor.projection.curves import (
    FORMATS,
    KERNELS,
    KernelModel,
    default_curves,
    label_names,
)
from advisor.projection.kernels import Calls, kernel_seconds
from advisor.projection.points import PointRows, TimedPoint, point_rows

Floats = NDArray[np.float64]

SWEEPS = 3
OUTLIER = 0.1
PULL = 0.03
"""Towards the start, against the relative error of a point."""
OVERLAPS = (1.0, 1.4, 2.0)
CACHE_SPEEDS = (3.0, 6.0)
CACHE_SHARES = (1.0, 0.6, 0.3)
FOLDS = 5
INTERVAL = (0.1, 0.9)
COMPOSITE_CLASSES = 4
TINY_S = 30e-6
"""Composite points of less than this for an operator show the host's share."""
LARGE_S = 200e-6
"""Those of more hide it: what they take longer than their operators alone is not the host's."""
_NAMES = ("compute", "bandwidth", "fixed_us", "half_m", "half_n", "half_k", "byte_ns", "pack_ns")
_SLOWER = np.array([-1.0, -1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0])
"""How each figure changes where all takes a given factor longer."""
_START = np.log([0.7, 0.8, 4.0, 2.0, 2.0, 8.0, 0.02, 0.01])
_LOW = np.log([0.002, 0.02, 0.05, 0.01, 0.01, 0.01, 1e-4, 1e-4])
_HIGH = np.log([2.0, 4.0, 200.0, 300.0, 300.0, 500.0, 50.0, 2.0])


@dataclass(frozen=True)
class Share:
    """The rows of one class: their calls, and where they stand among all rows."""

    name: str
    rows: NDArray[np.intp]
    calls: Calls
    points: NDArray[np.intp]
    """The points that tell of this class: those that hold no other, where there are any.

    Composite points tell of none: what the host takes in them would be taken for an operator's.
    """
    alone: bool


@dataclass(frozen=True)
class Laid:
    rows: PointRows
    shares: tuple[Share, ...]
    composite: NDArray[np.bool_]
    """Points of several kinds of operators, run by modules within modules as models are."""


@dataclass(frozen=True)
class Fit:
    """`values` are logarithms of the figures in `_NAMES`, by class."""

    values: Mapping[str, Floats]
    dispatch_s: float
    curves: Curves
    """For what all classes share."""


def lay(points: Sequence[TimedPoint], hardware: Hardware) -> Laid:
    """Sort the rows of `points` into classes."""
    rows = point_rows(points, hardware)
    names = np.array(class_names(rows.calls))
    counts = [len(set(names[rows.point == index])) for index in range(len(points))]
    shares = []
    for name in dict.fromkeys(names):
        chosen = np.flatnonzero(names == name)
        holding = np.unique(rows.point[chosen])
        pure = holding[[counts[index] == 1 for index in holding]]
        calls = _part(rows.calls, chosen)
        alone = len(pure) > 0
        few = holding[[counts[index] < COMPOSITE_CLASSES for index in holding]]
        shares.append(Share(str(name), chosen, calls, pure if alone else few, alone))
    return Laid(rows, tuple(shares), np.array(counts) >= COMPOSITE_CLASSES)


def class_names(calls: Calls) -> list[str]:
    """The finest class of each row: kernel, number format and operator."""
    known = label_names()
    rows = zip(calls.kinds, calls.formats[0], calls.labels[0], strict=True)
    return [
        f"{KERNELS[kind]}/{FORMATS[number_format]}/{known[label]}"
        for kind, number_format, label in rows
    ]


def _part(calls: Calls, chosen: NDArray[np.intp]) -> Calls:
    """Some rows, as calls of the only class of a model that has but one."""
    values = {field.name: getattr(calls, field.name)[..., chosen] for field in fields(Calls)}
    return Calls(**{**values, "kinds": np.zeros(len(chosen), dtype=np.intp)})


def _seconds(calls: Calls, values: Floats, hardware: Hardware, curves: Curves) -> Floats:
    """Seconds of one call of each row by a class of these values."""
    figures = np.tile(np.exp(values)[:, None], len(KERNELS))
    compute, bandwidth, fixed_us, half_m, half_n, half_k, byte_ns, pack_ns = figures
    model = KernelModel(
        curves,
        compute,
        bandwidth,
        fixed_us * 1e-6,
        half_m,
        half_n,
        half_k,
        byte_ns * 1e-9,
        pack_ns * 1e-9,
    )
    return np.asarray(kernel_seconds(calls, hardware, model)[0])


def solve(laid: Laid, hardware: Hardware, curves: Curves, sweeps: int = SWEEPS) -> Fit:
    """Go through the classes a few times, each fitted to what the others leave of its points."""
    values = {share.name: _START for share in laid.shares if len(share.points)}
    found = {share.name: _class_seconds(laid, share, _START, hardware, curves)
             for share in laid.shares}  # fmt: skip
    for sweep in range(sweeps):
        for share in laid.shares:
            if not len(share.points) or (sweep and share.alone):
                continue
            best = _solve_class(laid, share, found, values[share.name], hardware, curves)
            values[share.name] = best
            found[share.name] = _class_seconds(laid, share, best, hardware, curves)
    by_format = coarser(values)
    for share in laid.shares:
        if share.name not in values:
            like = by_format.get(share.name.rpartition("/")[0], _START)
            found[share.name] = _class_seconds(laid, share, like, hardware, curves)
    dispatch_s = _dispatch_s(laid, found)
    slower = _in_models(laid, found, dispatch_s)
    return Fit({name: each + _SLOWER * slower for name, each in values.items()}, dispatch_s, curves)


def _class_seconds(
    laid: Laid, share: Share, values: Floats, hardware: Hardware, curves: Curves
) -> Floats:
    """What this class takes of each point, shape (points,)."""
    each = _seconds(share.calls, values, hardware, curves) * laid.rows.repeats[share.rows]
    return np.asarray(np.bincount(laid.rows.point[share.rows], each, len(laid.rows.seconds)))


def _solve_class(
    laid: Laid, share: Share, found: Mapping[str, Floats], start: Floats, hardware: Hardware,
    curves: Curves,
) -> Floats:  # fmt: skip
    others = sum((each for name, each in found.items() if name != share.name), np.zeros(1))
    rest = np.broadcast_to(others, laid.rows.seconds.shape)[share.points]
    measured = np.log(laid.rows.seconds[share.points])

    def residuals(values: Floats) -> Floats:
        own = _class_seconds(laid, share, values, hardware, curves)[share.points]
        return np.concatenate([np.log(own + rest) - measured, PULL * (values - _START)])

    return minimize(residuals, start, _LOW, _HIGH, OUTLIER)


def _dispatch_s(laid: Laid, found: Mapping[str, Floats]) -> float:
    """What modules within modules cost the host for each operator, beside the operators' own."""
    total = np.asarray(sum(found.values(), np.zeros(len(laid.rows.seconds))))
    tiny = laid.composite & (laid.rows.seconds < TINY_S * laid.rows.eager_launches)
    if not tiny.any():
        return 0.0
    left = (laid.rows.seconds - total) / laid.rows.eager_launches
    return max(float(np.median(left[tiny])), 0.0)


def _in_models(laid: Laid, found: Mapping[str, Floats], dispatch_s: float) -> float:
    """Logarithm of how much slower operators run among others than after their like.

    Between them, others push weights, activations and code out of the nearest caches.
    """
    large = laid.composite & (laid.rows.seconds >= LARGE_S * laid.rows.eager_launches)
    if not large.any():
        return 0.0
    total = np.asarray(sum(found.values(), np.zeros(len(laid.rows.seconds))))
    left = laid.rows.seconds - dispatch_s * laid.rows.eager_launches
    return max(float(np.median(np.log(left[large] / total[large]))), 0.0)


def errors(fit: Fit, laid: Laid, hardware: Hardware) -> Floats:
    """ln(measured / projected) of each point; classes that the fit has not seen go by its others.

    Shape (points,).
    """
    total = np.where(laid.composite, laid.rows.eager_launches * fit.dispatch_s, 0.0)
    by_format = coarser(fit.values)
    for share in laid.shares:
        values = fit.values.get(share.name)
        if values is None:
            values = by_format.get(share.name.rpartition("/")[0], _START)
        total = total + _class_seconds(laid, share, values, hardware, fit.curves)
    return np.asarray(np.log(laid.rows.seconds / total))


def coarser(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """The middle of the classes of each name without its last part: what stands for the others."""
    grouped: dict[str, list[Floats]] = {}
    for name, each in values.items():
        grouped.setdefault(name.rpartition("/")[0], []).append(each)
    return {name: np.median(each, axis=0) for name, each in grouped.items()}


def left_out(points: Sequence[TimedPoint], hardware: Hardware, curves: Curves) -> Floats:
    """ln(measured / projected) of each point by a fit that has not seen it."""
    found = np.zeros(len(points))
    fold = np.arange(len(points)) % FOLDS
    for held in range(FOLDS):
        seen = [point for point, each in zip(points, fold, strict=True) if each != held]
        unseen = [point for point, each in zip(points, fold, strict=True) if each == held]
        if unseen:
            fit = solve(lay(seen, hardware), hardware, curves)
            found[fold == held] = errors(fit, lay(unseen, hardware), hardware)
    return found


def shared(laid: Laid, hardware: Hardware, source: Source) -> Curves:
    """How arithmetic and traffic overlap here, and what the last cache gives: the best of a few."""
    base = replace(default_curves(hardware), source=source)

    def missed(curves: Curves) -> float:
        return float(np.mean(np.abs(errors(solve(laid, hardware, curves, 1), laid, hardware))))

    if hardware.memory.cache_mib:
        tried = [
            replace(base, cache_speed=speed, cache_share=share)
            for speed in CACHE_SPEEDS
            for share in CACHE_SHARES
        ]
        base = min(tried, key=missed)
    return min((replace(base, overlap=each) for each in OVERLAPS), key=missed)


def fit_box(
    points: Sequence[TimedPoint], hardware: Hardware, source: Source
) -> tuple[Efficiency, Floats]:
    """The efficiency of this box, and ln(measured / projected) of each point left out of it."""
    laid = lay(points, hardware)
    curves = shared(laid, hardware, source)
    fit = solve(laid, hardware, curves)
    ratios = left_out(points, hardware, curves)
    low, high = np.quantile(np.exp(ratios), INTERVAL)
    spread = Quantity(1.0, min(float(low), 1.0), max(float(high), 1.0))
    by_format = coarser(fit.values)
    figures = {**coarser(by_format), **by_format, **fit.values}
    classes = {name: _curve(values, spread) for name, values in figures.items()}
    family = {name: replace(each, spread=spread) for name, each in curves.classes.items()}
    dispatch_us = fit.dispatch_s * 1e6
    return replace(
        hardware.efficiency,
        source=source,
        curves=replace(curves, classes={**family, **classes}),
        dispatch_us=Quantity(dispatch_us, dispatch_us * spread.low, dispatch_us * spread.high),
    ), ratios


def _curve(values: Floats, spread: Quantity) -> Curve:
    figures = dict(zip(_NAMES, map(float, np.exp(values)), strict=True))
    return Curve(**figures, spread=spread)
