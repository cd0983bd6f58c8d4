"""What a series of readings says: how busy each device was, how often idle, what it drew."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.telemetry.reading import DeviceReading, Telemetry


@dataclass(frozen=True)
class Spread:
    """Mean and nearest-rank 95th percentile of the readings that gave the figure."""

    mean: float
    p95: float
    readings: int


@dataclass(frozen=True)
class DeviceSummary:
    index: int
    uuid: str | None
    name: str | None
    utilisation_percent: Spread | None
    idle_share: float | None
    """Share of the readings with a utilisation in whose sample period no kernel ran."""
    memory_used_bytes: Spread | None
    power_w: Spread | None
    energy_j: float | None
    """Between the first and the last reading, by the device's own counter; None without one."""


@dataclass(frozen=True)
class WatchSummary:
    """Without a device, `problem` says why and only the host's figures stand."""

    samples: int
    watched_s: float
    devices: tuple[DeviceSummary, ...]
    cpu_percent: Spread | None
    host_memory_used_bytes: Spread | None
    problem: str | None


def summarise(series: Sequence[Telemetry]) -> WatchSummary:
    """`series` in the order of time; readings that a device did not give count for nothing."""
    by_device: dict[tuple[int, str | None], list[DeviceReading]] = {}
    for moment in series:
        for device in moment.devices:
            by_device.setdefault((device.index, device.uuid), []).append(device)
    return WatchSummary(
        samples=len(series),
        watched_s=series[-1].taken_at_s - series[0].taken_at_s if series else 0.0,
        devices=tuple(_device(readings) for readings in by_device.values()),
        cpu_percent=_spread([moment.host.cpu_percent for moment in series]),
        host_memory_used_bytes=_spread([moment.host.memory_used_bytes for moment in series]),
        problem=next((moment.problem for moment in reversed(series) if moment.problem), None),
    )


def _device(readings: Sequence[DeviceReading]) -> DeviceSummary:
    utilisation = [r.utilisation_percent for r in readings if r.utilisation_percent is not None]
    idle = sum(percent == 0 for percent in utilisation)
    return DeviceSummary(
        index=readings[0].index,
        uuid=readings[0].uuid,
        name=readings[0].name,
        utilisation_percent=_spread(utilisation),
        idle_share=idle / len(utilisation) if utilisation else None,
        memory_used_bytes=_spread([r.memory_used_bytes for r in readings]),
        power_w=_spread([r.power_w for r in readings]),
        energy_j=_energy_j(readings),
    )


def _energy_j(readings: Sequence[DeviceReading]) -> float | None:
    """None also where the counter went back, as when the driver was loaded again."""
    counted = [r.energy_mj for r in readings if r.energy_mj is not None]
    pairs = list(itertools.pairwise(counted))
    if not pairs or any(after < before for before, after in pairs):
        return None
    return (counted[-1] - counted[0]) / 1000


def _spread(figures: Sequence[float | None]) -> Spread | None:
    known = sorted(figure for figure in figures if figure is not None)
    if not known:
        return None
    rank = math.ceil(0.95 * len(known)) - 1
    return Spread(statistics.fmean(known), known[rank], len(known))
