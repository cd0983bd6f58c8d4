"""What a model takes beside its kernels alone: the host's share, and that of other kernels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.measurement.calibration.laid import Laid, format_of
from advisor.measurement.calibration.least_squares import OUTLIER, minimize

Floats = NDArray[np.float64]

_START_US, _LOW_US, _HIGH_US = np.array([4.0, 10.0, 10.0]), np.array([0.1, 0.0, 0.0]), 1e3


@dataclass(frozen=True)
class Host:
    """What the host takes beside the kernels, each time.

    For each operator, for each module, and for each time that its code was put out of the nearest
    caches.
    """

    dispatch_us: float = 0.0
    module_us: float = 0.0
    refill_us: float = 0.0

    def seconds(self, laid: Laid) -> Floats:
        """Of each point; a chain of one operator has next to no code around it."""
        rows = laid.rows
        own = rows.eager_launches * self.dispatch_us + rows.modules * self.module_us
        return 1e-6 * (np.where(laid.composite, own, 0.0) + laid.evictions * self.refill_us)


def host_share(laid: Laid, found: Mapping[str, Floats]) -> Host:
    """What is left of tiny models when what their kernels take, `found` by class, is subtracted."""
    rows, tiny = laid.rows, laid.tiny
    if not tiny.any():
        return Host()
    kernels = np.asarray(sum(found.values(), np.zeros(len(rows.seconds))))[tiny]
    counts = np.stack([rows.eager_launches, rows.modules, laid.evictions], axis=1)[tiny]

    def residuals(each_us: Floats) -> Floats:
        return np.log((kernels + counts @ each_us * 1e-6) / rows.seconds[tiny])

    best = minimize(residuals, _START_US, _LOW_US, np.full(3, _HIGH_US), OUTLIER)
    return Host(*map(float, best))


def longer_among_others(laid: Laid, found: Mapping[str, Floats], host: Host) -> dict[str, float]:
    """Logarithm of how much longer kernels take in blocks than alone, by number format.

    That of a block counts for the format that more than half of it is in.
    """
    formats = {format_of(name) for name in found}
    own = {
        each: np.sum([some for name, some in found.items() if format_of(name) == each], axis=0)
        for each in formats
    }
    total = np.sum(list(own.values()), axis=0)
    blocks = laid.composite & ~laid.tiny
    left = np.maximum(laid.rows.seconds - host.seconds(laid), 1e-9)
    longer = np.log(left / np.maximum(total, 1e-9))
    mainly = {each: longer[blocks & (own[each] > total / 2)] for each in formats}
    return {name: float(np.median(each)) if each.size else 0.0 for name, each in mainly.items()}
