"""The host's memory, processor and load, and the memory of processes: the importer of `psutil`."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import psutil

from advisor.telemetry.reading import HostReading


class HostReader:
    """Reads the host. Processor load is of the time between two readings by the same thread."""

    def __init__(self) -> None:
        self._cores_logical = psutil.cpu_count(logical=True)
        self._cores_physical = psutil.cpu_count(logical=False)
        self._processor_name = processor_name()
        self._has_read = False

    def read(self) -> HostReading:
        memory = psutil.virtual_memory()
        cpu_percent = psutil.cpu_percent(interval=None)
        has_span, self._has_read = self._has_read, True
        return HostReading(
            memory_used_bytes=memory.total - memory.available,
            memory_total_bytes=memory.total,
            cpu_percent=cpu_percent if has_span else None,
            load_average=load_average(),
            cores_logical=self._cores_logical,
            cores_physical=self._cores_physical,
            processor_name=self._processor_name,
        )


def processor_name() -> str | None:
    """The processor's name as the system reports it, None where it does not."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine() or None


def processor_clock_mhz() -> float | None:
    """The processor's clock now, over all cores; None where the system does not tell."""
    try:
        found = psutil.cpu_freq()
    except (OSError, NotImplementedError, AttributeError):
        return None  # not on this system
    clock = getattr(found, "current", None)  # there is nothing to read where no core is on
    return float(clock) if clock else None


def usable_cores() -> int | None:
    """Logical cores that this process may run on; None where the system does not tell."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count()  # macOS and Windows bind no process to cores


def process_memory_bytes(pid: int) -> int | None:
    """Resident memory of a process now; None where it has ended or may not be looked at."""
    try:
        resident = psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return None
    return resident or None  # a process that has ended but is not yet collected holds nothing


def process_peak_bytes() -> int | None:
    """The most resident memory that the current process has held since its program started.

    On Linux this is VmHWM: `ru_maxrss` starts at the peak of the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return _peak_from_system()


def _peak_from_system() -> int | None:
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, others KiB


def load_average() -> tuple[float, float, float] | None:
    """None on Windows, and where the system will not say."""
    try:
        return os.getloadavg()
    except (AttributeError, OSError):
        return None
