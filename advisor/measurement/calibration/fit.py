"""The curves of this box, fitted to its points: one kernel, number format and operator at a time.

On a processor the same class of kernels differs tenfold between operators (an addition, a
hyperbolic tangent) and formats (oneDNN's bf16, emulated or not), so each gets a curve of its own.
Most points hold one kind of operator alone, so the curves are found one after the other; what a
point's other operators take is subtracted first, and all is gone through again.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import AS_PROJECTED, Curve, Curves, Efficiency, Hardware
from advisor.catalog.quantity import Quantity, Source
from advisor.measurement.calibration.in_models import Host, host_share
from advisor.measurement.calibration.laid import Laid, Share, kernel_of, lay
from advisor.measurement.calibration.least_squares import OUTLIER, minimize
from advisor.projection.curves import (
    KERNELS,
    STREAMING,
    KernelModel,
    default_curves,
)
from advisor.projection.kernels import Calls, kernel_seconds
from advisor.projection.points import TimedPoint

Floats = NDArray[np.float64]

SWEEPS = 3
PULL = 0.03
"""Towards the start, against the relative error of a point."""
CACHE_SPEEDS = (3.0, 6.0, 12.0)
CACHE_SHARES = (1.0, 0.6, 0.3, 0.15)
FOLDS = 5
INTERVAL = (0.1, 0.9)
"""Of few points taken as those whose share a next one is expected to fall below: i / (n + 1)."""
LEAST_COMPOSITE = 12
"""Composite points for an interval of their own: in them, as in a model, the errors of single
operators even out."""
_NAMES = ("compute", "bandwidth", "fixed_us", "half_m", "half_n", "half_k", "byte_ns", "packing",
          "half_row_bytes", "pass_ns", "each_pass_us", "overlap")  # fmt: skip
_START = np.log([0.7, 0.8, 4.0, 2.0, 2.0, 8.0, 0.02, 0.3, 300.0, 0.01, 4.0, 1.4])
# Of the peak in 32 bits, which a part without one for integers states: four times as many fit.
_LOW = np.log([0.002, 0.02, 0.05, 0.01, 0.01, 0.01, 1e-4, 1e-3, 1.0, 1e-4, 0.01, 1.0])
_HIGH = np.log([8.0, 4.0, 200.0, 300.0, 300.0, 500.0, 50.0, 10.0, 1e4, 10.0, 100.0, 4.0])


@dataclass(frozen=True)
class Fit:
    """`values` are logarithms of the figures in `_NAMES`, by class."""

    values: Mapping[str, Floats]
    host: Host
    curves: Curves
    """For what all classes share."""


def _seconds(calls: Calls, values: Floats, hardware: Hardware, curves: Curves) -> Floats:
    """Seconds of one call of each row by a class of these values."""
    figures = dict(zip(_NAMES, np.tile(np.exp(values)[:, None], len(KERNELS)), strict=True))
    beside = curves.classes["streaming"]
    figures["bandwidth"][STREAMING] = beside.bandwidth
    figures["fixed_us"][STREAMING] = beside.fixed_us
    model = KernelModel(
        curves,
        figures["compute"],
        figures["bandwidth"],
        figures["fixed_us"] * 1e-6,
        figures["half_m"],
        figures["half_n"],
        figures["half_k"],
        figures["byte_ns"] * 1e-9,
        figures["packing"],
        figures["half_row_bytes"],
        figures["pass_ns"] * 1e-9,
        figures["each_pass_us"] * 1e-6,
        figures["overlap"],
    )
    return np.asarray(kernel_seconds(calls, hardware, model)[0])


def solve(
    laid: Laid, hardware: Hardware, curves: Curves, host: Host, sweeps: int = SWEEPS,
    near: Fit | None = None,
) -> Fit:  # fmt: skip
    """Go through the classes a few times, each fitted to what the others leave of its points.

    The search begins at the figures of `near`, where there are any.
    """
    known = {} if near is None else near.values
    values = {name: known.get(name, _START) for name in _named(laid)}
    found = {share.name: _class_seconds(laid, share, _START, hardware, curves)
             for share in laid.shares}  # fmt: skip
    # Passes beside a kernel go by the curve of streaming, which is therefore found first.
    streamed = [share for share in laid.shares if kernel_of(share.name) == "streaming"]
    others = [share for share in laid.shares if kernel_of(share.name) != "streaming"]
    for sweep, part in itertools.product(range(sweeps), (streamed, others)):
        if part is others:
            curves = _with_streaming(curves, values)
        for share in part:
            if not len(share.points) or (sweep and share.alone):
                continue
            best = _solve_class(laid, share, found, values[share.name], hardware, curves)
            values[share.name] = best
            found[share.name] = _class_seconds(laid, share, best, hardware, curves)
    return Fit(values, host, curves)


def _named(laid: Laid) -> list[str]:
    return [share.name for share in laid.shares if len(share.points)]


def _with_streaming(curves: Curves, values: Mapping[str, Floats]) -> Curves:
    """`curves`, their class for streaming in general the middle of those in `values`."""
    own = {name: each for name, each in values.items() if kernel_of(name) == "streaming"}
    if not own:
        return curves
    middle = coarser(coarser(own))["streaming"]
    classes = {**curves.classes, "streaming": _curve(middle, AS_PROJECTED)}
    return replace(curves, classes=classes)


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

    told = _told(share.calls)

    def whole(some: Floats) -> Floats:
        values = start.copy()
        values[told] = some
        return np.asarray(values)

    def residuals(some: Floats) -> Floats:
        own = _class_seconds(laid, share, whole(some), hardware, curves)[share.points]
        return np.concatenate([np.log(own + rest) - measured, PULL * (some - _START[told])])

    return whole(minimize(residuals, start[told], _LOW[told], _HIGH[told], OUTLIER))


def _told(calls: Calls) -> NDArray[np.intp]:
    """Which figures the seconds of `calls` depend on."""
    names = {"bandwidth", "fixed_us", "byte_ns"}
    if np.any(calls.flops > 0):
        names |= {"compute", "overlap"}
    if np.any(calls.m > 0):
        names |= {"half_m", "half_n", "half_k", "packing"}
    if np.any(calls.weight_bytes > 0):
        names.add("half_row_bytes")
    if np.any(calls.extra_bytes > 0):
        names.add("pass_ns")
    if np.any(calls.extra_kernels > 0):
        names.add("each_pass_us")
    return np.array([index for index, name in enumerate(_NAMES) if name in names])


def errors(fit: Fit, laid: Laid, hardware: Hardware) -> Floats:
    """ln(measured / projected) of each point; classes that the fit has not seen go by its others.

    Shape (points,).
    """
    total = fit.host.seconds(laid)
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


def left_out(points: Sequence[TimedPoint], hardware: Hardware, near: Fit) -> Floats:
    """ln(measured / projected) of each point by a fit that has not seen it."""
    found = np.zeros(len(points))
    fold = np.arange(len(points)) % FOLDS
    for held in range(FOLDS):
        seen = [point for point, each in zip(points, fold, strict=True) if each != held]
        unseen = [point for point, each in zip(points, fold, strict=True) if each == held]
        if unseen:
            laid = lay(seen, hardware)
            host = host_share(laid, near.curves.refill_bytes)
            fit = solve(laid, hardware, near.curves, host, 1, near)
            found[fold == held] = errors(fit, lay(unseen, hardware), hardware)
    return found


def shared(laid: Laid, hardware: Hardware, source: Source, host: Host) -> Curves:
    """What the last cache gives here: the best of a few, one figure after the other."""
    base = replace(default_curves(hardware), source=source, refill_bytes=host.refill_bytes)
    first = solve(laid, hardware, base, host, 1)

    def missed(curves: Curves) -> float:
        tried = solve(laid, hardware, curves, host, 1, first)
        return float(np.mean(np.abs(errors(tried, laid, hardware))))

    if hardware.memory.cache_mib:
        base = min((replace(base, cache_speed=each) for each in CACHE_SPEEDS), key=missed)
        base = min((replace(base, cache_share=each) for each in CACHE_SHARES), key=missed)
        base = min((replace(base, weight_cache_share=each) for each in CACHE_SHARES), key=missed)
    return base


def fit_box(
    points: Sequence[TimedPoint], hardware: Hardware, source: Source, refill_bytes: float
) -> tuple[Efficiency, Floats]:
    """The efficiency of this box, and ln(measured / projected) of each point left out of it."""
    laid = lay(points, hardware)
    host = host_share(laid, refill_bytes)
    fit = solve(laid, hardware, shared(laid, hardware, source, host), host)
    ratios = left_out(points, hardware, fit)
    telling = laid.composite & ~laid.of_host
    enough = np.sum(telling) >= LEAST_COMPOSITE
    low, high = np.quantile(
        np.exp(ratios[telling] if enough else ratios), INTERVAL, method="weibull"
    )
    spread = Quantity(1.0, min(float(low), 1.0), max(float(high), 1.0))
    by_format = coarser(fit.values)
    figures = {**coarser(by_format), **by_format, **fit.values}
    with_passes = [share.name for share in laid.shares if share.calls.extra_kernels.any()]
    classes = {
        name: _curve(values, spread, has_passes=any(_is_of(each, name) for each in with_passes))
        for name, values in figures.items()
    }
    family = {name: replace(each, spread=spread) for name, each in fit.curves.classes.items()}
    # Passes beside a kernel go by it, and find in the caches what the kernel touches.
    classes["streaming"] = family["streaming"]
    dispatch_us = host.dispatch_us
    return replace(
        hardware.efficiency,
        source=source,
        curves=replace(
            fit.curves,
            classes={**family, **classes},
            refill_us=host.refill_us,
            refill_s=host.refill_s,
        ),
        dispatch_us=Quantity(dispatch_us, dispatch_us * spread.low, dispatch_us * spread.high),
        module_dispatches=host.module_us / dispatch_us if dispatch_us else 0.0,
        attention_dispatches=host.attention_us / dispatch_us if dispatch_us else 0.0,
    ), ratios


def _is_of(finer: str, name: str) -> bool:
    return f"{finer}/".startswith(f"{name}/")


def _curve(values: Floats, spread: Quantity, *, has_passes: bool = False) -> Curve:
    """Passes that no point was timed with are left to go by those of a streaming kernel."""
    figures = dict(zip(_NAMES, map(float, np.exp(values)), strict=True))
    curve = Curve(**figures, spread=spread)
    return curve if has_passes else replace(curve, each_pass_us=None)
