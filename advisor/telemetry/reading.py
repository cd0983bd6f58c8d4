"""What was read from the driver and from the host. A figure that is not known is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProcessReading:
    """A process that computes on a GPU, as its driver numbers it: in a container, as the host."""

    pid: int
    memory_bytes: int | None = None
    """On that GPU; drivers do not tell it everywhere."""
    utilisation_percent: float | None = None
    """Of the last sample period, the share in which its kernels ran; None where it isn't told."""


@dataclass(frozen=True)
class DeviceReading:
    """One GPU as its driver sees it: the whole device, every process on it.

    `problem` says why the device gives no figures now. Figures beside a problem are the last that
    were read, at `read_at_s`.
    """

    index: int
    """Position in the driver's list, which CUDA_VISIBLE_DEVICES does not change: match by UUID."""
    uuid: str | None = None
    name: str | None = None
    pci_bus_id: str | None = None
    compute_capability: str | None = None
    mig_enabled: bool | None = None
    memory_used_bytes: int | None = None
    """In use by anyone, without what the driver reserves for itself where it tells them apart."""
    memory_total_bytes: int | None = None
    utilisation_percent: float | None = None
    """Share of the last sample period in which any kernel ran; not known under MIG."""
    memory_utilisation_percent: float | None = None
    """Share of that period in which device memory was read or written."""
    power_w: float | None = None
    """The whole GPU's, also under MIG; the counter moves about every 100 ms."""
    power_limit_w: float | None = None
    temperature_c: float | None = None
    energy_mj: int | None = None
    """Millijoules since the driver was loaded; only differences mean anything."""
    problem: str | None = None
    read_at_s: float | None = None
    """When the figures were read, on the clock of `time.monotonic`; None where they never were."""
    clock_mhz: float | None = None
    """Of the streaming multiprocessors, as it stands now; it moves with load and heat."""
    processes: tuple[ProcessReading, ...] | None = None
    """Those that compute on it; an empty one says that there is none."""

    def age_s(self, now_s: float) -> float | None:
        """Seconds since the figures were read; `now_s` is a `time.monotonic` time."""
        return None if self.read_at_s is None else now_s - self.read_at_s


@dataclass(frozen=True)
class DriverReading:
    """The driver's whole answer; `problem` says why there is no device to read."""

    devices: tuple[DeviceReading, ...] = ()
    driver_version: str | None = None
    problem: str | None = None


@dataclass(frozen=True)
class HostReading:
    memory_used_bytes: int
    """What cannot be had without swapping: total less available."""
    memory_total_bytes: int
    cpu_percent: float | None
    """Mean over all cores since the reading before; None on the first."""
    load_average: tuple[float, float, float] | None
    """Over 1, 5 and 15 minutes."""
    cores_logical: int | None
    cores_physical: int | None
    processor_name: str | None


@dataclass(frozen=True)
class Telemetry:
    """Devices and host at one moment, `taken_at_s` on the clock of `time.monotonic`."""

    taken_at_s: float
    devices: tuple[DeviceReading, ...]
    host: HostReading
    driver_version: str | None = None
    problem: str | None = None
    """Why no device could be read now, for example that there is no driver."""
