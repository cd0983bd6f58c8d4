"""A day of demand hour by hour, and the replicas that follow it.

Where the workload gives no curve, the day has one smooth peak, von Mises' density on the circle of
the hours, exp(g · cos), with g such that the busiest hour is `peak_to_mean` times the mean. That
shape is an assumption; the height of the peak is the workload's.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.catalog.workload import HOURS_PER_DAY, Serving
from advisor.projection.operators import Flags, Floats
from advisor.projection.setup import Setup

SECONDS_PER_MINUTE, MINUTES_PER_HOUR = 60.0, 60.0
_SHARPEST = 4096.0
_BISECTIONS = 60


@functools.lru_cache(maxsize=256)
def default_curve(peak_to_mean: float) -> tuple[float, ...]:
    """24 rates over the mean rate. What peaks above one hour of 24 is a burst within that hour."""
    least, most = 0.0, _SHARPEST
    for _ in range(_BISECTIONS):
        middle = (least + most) / 2
        least, most = (least, middle) if _curve(middle).max() > peak_to_mean else (middle, most)
    return tuple(_curve(least))


def _curve(sharpness: float) -> Floats:
    hours = np.arange(HOURS_PER_DAY)
    shape = np.exp(sharpness * (np.cos(2 * np.pi * hours / HOURS_PER_DAY) - 1))
    return np.asarray(shape / shape.mean())


def curve(serving: Serving) -> Floats:
    """Rates over the month's mean rate, hour by hour; their mean is 1."""
    if serving.hourly_shares is None:
        return np.array(default_curve(serving.peak_to_mean))
    shares = np.array(serving.hourly_shares)
    return np.asarray(shares / shares.mean())


@dataclass(frozen=True)
class Scaling:
    """What an autoscaler is told, arrays of shape (setups,)."""

    on: Flags
    delay_minutes: Floats
    to_zero: Flags
    idle_minutes: Floats
    """How long the last replica waits for a request before it is given up."""


def scaling(setups: Sequence[Setup]) -> Scaling:
    delays = [setup.autoscaling_delay_minutes for setup in setups]
    return Scaling(
        on=np.array([delay is not None for delay in delays]),
        delay_minutes=np.array([delay or 0.0 for delay in delays]),
        to_zero=np.array([setup.scale_to_zero_after_minutes is not None for setup in setups]),
        idle_minutes=np.array([setup.scale_to_zero_after_minutes or 0.0 for setup in setups]),
    )


@dataclass(frozen=True)
class Standing:
    """Replicas through a day, arrays of shape (setups, parts)."""

    of_peak: Floats
    """Replicas that stand, over those of a fleet of the peak's size."""
    share: Floats
    """Of the day, for which they do."""

    @property
    def hours_of_peak(self) -> Floats:
        """Replica hours over those of a fleet that stands at the peak's size, (setups,)."""
        return np.asarray(np.minimum((self.of_peak * self.share).sum(axis=1), 1.0))


def standing(
    serving: Serving, mean_rate: float | Floats, planned_rate: Floats, scaled: Scaling
) -> Standing:
    """The replicas that follow a day of demand.

    `planned_rate` (setups,) is what one replica is planned to answer in a second, `mean_rate` the
    month's. A replica that is needed in the next hour is started the delay before it, and the
    number falls at once. Where requests come at random at λ a second, the last one came less than τ
    ago with probability 1 − exp(−λτ): for so much of the hour a model that scales to zero is up.
    """
    if not np.any(scaled.on):
        one = np.ones((*planned_rate.shape, 1))
        return Standing(one, one)
    rates = np.asarray(mean_rate)[..., None] * curve(serving)
    burst = serving.peak / max(float(curve(serving).max()), 1.0)
    # A hair less than the peak by rounding would save a replica that the peak needs.
    busy = np.ceil(np.round(rates * burst / planned_rate[:, None], 9))
    needed = np.maximum(busy, 1.0) + serving.redundant_replicas
    kept_s = (scaled.idle_minutes + scaled.delay_minutes) * SECONDS_PER_MINUTE
    up = np.where(scaled.to_zero[:, None], -np.expm1(-rates * kept_s[:, None]), 1.0)
    ahead = np.minimum(scaled.delay_minutes / MINUTES_PER_HOUR, 1.0)[:, None]
    next_needed, next_up = (np.roll(each, -1, axis=1) for each in (needed, up))
    grows = next_needed * next_up > needed * up
    replicas = np.hstack([needed, np.where(grows, next_needed, needed)])
    shares = np.hstack([(1 - ahead) * up, ahead * np.where(grows, next_up, up)]) / HOURS_PER_DAY
    follows = scaled.on[:, None]
    return Standing(
        np.where(follows, replicas / needed.max(axis=1, keepdims=True), 1.0),
        np.where(follows, shares, 1 / shares.shape[1]),
    )
