"""What telemetry read, figure by figure, for as long as a chart can show."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.telemetry.reading import DeviceReading, HostReading

KEPT = 1200
"""Readings: at one every two seconds, 40 minutes."""
READINGS_PER_CELL = 2
"""A chart moves on by one cell only so often: moving costs bytes on the wire."""


@dataclass
class Trace:
    """The readings of one figure, the newest last; None is one that was not known."""

    values: deque[float | None] = field(default_factory=lambda: deque(maxlen=KEPT))
    taken: int = 0
    """How many were ever taken, so that cells do not change what they hold."""

    def add(self, value: float | None) -> None:
        self.values.append(value)
        self.taken += 1

    def cells(self, width: int) -> list[float | None]:
        """Means of READINGS_PER_CELL readings each, the last `width` of them."""
        first = self.taken - len(self.values)
        start = first + -first % READINGS_PER_CELL
        values = list(self.values)[start - first :]
        cells = range(0, len(values), READINGS_PER_CELL)
        found = [_mean(values[at : at + READINGS_PER_CELL]) for at in cells]
        return found[-width:] if width > 0 else []


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


@dataclass
class DeviceTraces:
    busy_percent: Trace = field(default_factory=Trace)
    memory_bytes: Trace = field(default_factory=Trace)
    power_w: Trace = field(default_factory=Trace)
    temperature_c: Trace = field(default_factory=Trace)

    def take(self, device: DeviceReading) -> None:
        """Figures beside a problem are old ones: they are not taken again."""
        fresh = device.problem is None
        self.busy_percent.add(device.utilisation_percent if fresh else None)
        self.memory_bytes.add(device.memory_used_bytes if fresh else None)
        self.power_w.add(device.power_w if fresh else None)
        self.temperature_c.add(device.temperature_c if fresh else None)


@dataclass
class HostTraces:
    cpu_percent: Trace = field(default_factory=Trace)
    memory_bytes: Trace = field(default_factory=Trace)

    def take(self, host: HostReading) -> None:
        self.cpu_percent.add(host.cpu_percent)
        self.memory_bytes.add(host.memory_used_bytes)
