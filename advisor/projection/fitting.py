"""Efficiency curves fitted to measured times: of a published table, or of this very machine.

Least squares on the logarithm of time, robust against outliers, with a weak pull of every
parameter towards the curves the hardware had before, so that what no point informs stays there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import Curve, Efficiency, Hardware
from advisor.catalog.quantity import Quantity, Source
from advisor.projection.curves import KERNELS, curves_of
from advisor.projection.kernels import useful_share
from advisor.projection.operators import Floats
from advisor.projection.parameters import bounds, parameters, vector, with_vector
from advisor.projection.points import PointRows, TimedPoint, point_rows

LEVELS = ("compute", "bandwidth", "dispatch_us", "launch_us")
LOOSE_PULL, FIRM_PULL = 0.05, 0.3
"""Pull of a parameter that is off the earlier curve by a factor e, against the relative error of
a point: the levels are of the part, the shape of a curve is of its family."""
SHAPING = ("tile_loss", "half_m", "half_n", "half_k")
"""What the choice of tiles depends on, which is costly to evaluate."""
OUTLIER = 0.15
"""Relative error from which on a point counts less than by its square (soft L1)."""
FOLDS = 8
INTERVAL = (0.1, 0.9)
"""Quantiles of measured over projected time that make the interval: it covers 80%."""
LEAST_POINTS = 12
"""Points that a class must lead for an interval of its own."""


def fit(
    points: Sequence[TimedPoint], hardware: Hardware, source: Source | None = None,
    groups: Sequence[str] | None = None,
) -> Efficiency:  # fmt: skip
    """Curves and host costs of `hardware` under which `points` take what was measured.

    `groups[i]` names what point i is left out with when the interval is estimated (its model,
    say); by default points are left out by turns. `source` is that of the curves, by default
    that of the hardware's present efficiency.
    """
    laid = point_rows(points, hardware)
    fitted = _fitted(laid, hardware)
    ratios = np.exp(left_out(points, hardware, groups))
    return _with_intervals(fitted, laid, ratios, source or hardware.efficiency.source)


def left_out(
    points: Sequence[TimedPoint], hardware: Hardware, groups: Sequence[str] | None = None
) -> Floats:
    """ln(measured / projected) of each point by a fit that has not seen its group."""
    names = list(groups) if groups is not None else [str(i) for i in range(len(points))]
    order = {name: index % FOLDS for index, name in enumerate(dict.fromkeys(names))}
    fold = np.array([order[name] for name in names])
    errors = np.zeros(len(points))
    for held in np.unique(fold):
        seen = point_rows([points[i] for i in np.flatnonzero(fold != held).tolist()], hardware)
        unseen = point_rows([points[i] for i in np.flatnonzero(fold == held).tolist()], hardware)
        model = _fitted(seen, hardware)
        errors[fold == held] = np.log(unseen.seconds / unseen.projected(model))
    return errors


def _fitted(laid: PointRows, hardware: Hardware) -> Hardware:
    from scipy.optimize import least_squares

    launches = (("dispatch_us", laid.eager_launches), ("launch_us", laid.compiled_launches))
    host = [name for name, many in launches if many.any()]
    chosen = parameters(hardware, laid.calls, host)
    start, measured = vector(hardware, chosen), np.log(laid.seconds)
    pull = np.array([LOOSE_PULL if each.name in LEVELS else FIRM_PULL for each in chosen])
    shaping = [index for index, each in enumerate(chosen) if each.name in SHAPING]
    known: dict[bytes, Floats] = {}

    def residuals(values: Floats) -> Floats:
        tried = with_vector(hardware, chosen, values)
        key = values[shaping].tobytes()
        if key not in known:
            known.clear()
            known[key] = useful_share(laid.calls, tried)
        projected = laid.projected(tried, known[key])
        return np.concatenate([np.log(projected) - measured, pull * (values - start)])

    found = least_squares(
        residuals, start, bounds=bounds(chosen), loss="soft_l1", f_scale=OUTLIER,
        diff_step=1e-3, max_nfev=60,
    )  # fmt: skip
    return with_vector(hardware, chosen, found.x)


def _with_intervals(
    fitted: Hardware, laid: PointRows, ratios: Floats, source: Source
) -> Efficiency:
    """The fitted efficiency with what the points, each left out of its fit, say of its error."""
    curves = curves_of(fitted)
    leading = _leading_class(laid, fitted)
    overall = _interval(ratios)
    classes: dict[str, Curve] = {}
    for index, name in enumerate(KERNELS):
        if index not in laid.calls.kinds:
            classes[name] = curves.classes[name]
            continue
        own = ratios[leading == index]
        spread = _interval(own) if len(own) >= LEAST_POINTS else overall
        classes[name] = replace(curves.classes[name], spread=spread)
    efficiency = fitted.efficiency
    return replace(
        efficiency,
        curves=replace(curves, source=source, classes=classes),
        dispatch_us=_spread_out(efficiency.dispatch_us, overall),
        launch_us=_spread_out(efficiency.launch_us, overall),
    )


def _leading_class(laid: PointRows, hardware: Hardware) -> NDArray[np.intp]:
    """The class of kernels that takes most of each point's device time."""
    seconds = laid.class_seconds(hardware)
    by_class = np.zeros((len(laid.seconds), len(KERNELS)))
    np.add.at(by_class, (laid.point, laid.calls.kinds), seconds)
    return np.asarray(by_class.argmax(axis=1))


def _interval(ratios: Floats) -> Quantity:
    low, high = np.quantile(ratios, INTERVAL)
    return Quantity(1.0, min(float(low), 1.0), max(float(high), 1.0))


def _spread_out(quantity: Quantity, interval: Quantity) -> Quantity:
    """A fitted figure with the interval of the fit; one that was not fitted keeps its own."""
    if quantity.low != quantity.high:
        return quantity
    value = quantity.expected
    return Quantity(value, value * interval.low, value * interval.high)
