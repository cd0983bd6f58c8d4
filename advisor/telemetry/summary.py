"""What a series of readings says: how busy each device was, how often idle, what it drew."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.telemetry.reading import DeviceReading, ProcessReading, Telemetry

LONGEST_STEP_S = 600.0
"""Two readings further apart are of two watches."""


@dataclass(frozen=True)
class Spread:
    """Mean and nearest-rank 95th percentile of the readings that gave the figure."""

    mean: float
    p95: float
    readings: int


@dataclass(frozen=True)
class ProcessSummary:
    """A process that computed on a device, as the driver numbers it: in a container, the host's."""

    pid: int
    seen_share: float
    """Of the readings that listed processes, those that listed this one."""
    utilisation_percent: Spread | None
    memory_bytes: Spread | None


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
    processes: tuple[ProcessSummary, ...] | None = None
    """The one seen most comes first; None where the driver never listed any."""


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
        watched_s=_watched_s([moment.taken_at_s for moment in series]),
        devices=tuple(_device(readings) for readings in by_device.values()),
        cpu_percent=_spread([moment.host.cpu_percent for moment in series]),
        host_memory_used_bytes=_spread([moment.host.memory_used_bytes for moment in series]),
        problem=next((moment.problem for moment in reversed(series) if moment.problem), None),
    )


def _watched_s(times_s: Sequence[float]) -> float:
    """Seconds between readings of one watch, all watches together.

    Between two watches nobody looked, and after a restart the clock begins anew.
    """
    steps = (after - before for before, after in itertools.pairwise(times_s))
    return sum(step for step in steps if 0 < step <= LONGEST_STEP_S)


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
        processes=_processes(readings),
    )


def _processes(readings: Sequence[DeviceReading]) -> tuple[ProcessSummary, ...] | None:
    listed = [reading.processes for reading in readings if reading.processes is not None]
    if not listed:
        return None
    by_pid: dict[int, list[ProcessReading]] = {}
    for each in itertools.chain.from_iterable(listed):
        by_pid.setdefault(each.pid, []).append(each)
    found = [
        ProcessSummary(
            pid,
            len(own) / len(listed),
            _spread([each.utilisation_percent for each in own]),
            _spread([each.memory_bytes for each in own]),
        )
        for pid, own in by_pid.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.seen_share, each.pid)))


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
