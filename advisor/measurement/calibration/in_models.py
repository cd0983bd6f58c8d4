"""What the host takes in a model beside the kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.measurement.calibration.laid import Laid
from advisor.measurement.calibration.least_squares import OUTLIER, minimize

Floats = NDArray[np.float64]

REFILL_S = (0.5e-3, 1e-3, 2e-3, 4e-3, 8e-3, 16e-3)
_START_US, _LOW_US, _HIGH_US = np.array([4.0, 10.0, 50.0, 50.0]), np.array([0.1, 0, 0, 0]), 1e3


@dataclass(frozen=True)
class Host:
    """What the host takes beside the kernels, each time.

    For each operator, for each module, for each attention (its heads, masks and positions) and for
    each time that its code was put out of the caches, as `refill_bytes` and `refill_s` tell.
    """

    dispatch_us: float = 0.0
    module_us: float = 0.0
    attention_us: float = 0.0
    refill_us: float = 0.0
    refill_bytes: float = 1.0
    refill_s: float = 1.0

    def seconds(self, laid: Laid) -> Floats:
        """Of each point; a chain of one operator has next to no code around it."""
        rows = laid.rows
        own = (
            rows.eager_launches * self.dispatch_us
            + rows.modules * self.module_us
            + rows.attentions * self.attention_us
        )
        refills = laid.evictions(self.refill_bytes, self.refill_s) * self.refill_us
        return 1e-6 * (np.where(laid.composite, own, 0.0) + refills)


def host_share(laid: Laid, refill_bytes: float) -> Host:
    """What tiny models take beside their kernels, where all caches hold `refill_bytes`."""
    if not laid.of_host.any():
        return Host(refill_bytes=refill_bytes)
    tried = [_host_share(laid, refill_bytes, each) for each in REFILL_S]
    return min(tried, key=lambda each: each[0])[1]


def _host_share(laid: Laid, refill_bytes: float, refill_s: float) -> tuple[float, Host]:
    """The best with this `refill_s`, after how far it misses the tiny models on average."""
    rows, told = laid.rows, laid.of_host
    evictions = laid.evictions(refill_bytes, refill_s)
    counts = np.stack([rows.eager_launches, rows.modules, rows.attentions, evictions], axis=1)[told]

    def residuals(each_us: Floats) -> Floats:
        whole = rows.kernels_s[told] + counts @ each_us * 1e-6
        return np.asarray(np.log(whole / rows.seconds[told]))

    best = minimize(residuals, _START_US, _LOW_US, np.full(4, _HIGH_US), OUTLIER)
    dispatch_us, module_us, attention_us, refill_us = map(float, best)
    host = Host(dispatch_us, module_us, attention_us, refill_us, refill_bytes, refill_s)
    return float(np.mean(np.abs(residuals(best)))), host
