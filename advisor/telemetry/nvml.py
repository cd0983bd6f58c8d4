"""NVIDIA's management library (NVML): the only importer of `pynvml`.

NVML counts devices regardless of CUDA_VISIBLE_DEVICES, and answers for the whole device.
https://docs.nvidia.com/deploy/nvml-api/
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import pynvml

from advisor.telemetry.reading import DeviceReading, DriverReading, ProcessReading

_LIBRARY = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"

_DRIVER_GONE = {
    pynvml.NVML_ERROR_LIBRARY_NOT_FOUND: f"no NVIDIA driver: {_LIBRARY} was not found",
    pynvml.NVML_ERROR_DRIVER_NOT_LOADED: "the NVIDIA driver is installed but not loaded",
    pynvml.NVML_ERROR_UNINITIALIZED: "the NVIDIA driver was unloaded while it was being read",
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: (
        f"the loaded NVIDIA driver and {_LIBRARY} differ in version, as after an update without "
        "a reboot"
    ),
}
_DEVICE_GONE = {
    pynvml.NVML_ERROR_GPU_IS_LOST: "the GPU is lost: it no longer answers on its bus",
    pynvml.NVML_ERROR_GPU_NOT_FOUND: "the GPU is no longer there",
    pynvml.NVML_ERROR_RESET_REQUIRED: "the GPU must be reset before it can be used again",
}


class _DriverGoneError(Exception):
    """No device can be read any more; the message is for the user."""


class _DeviceGoneError(Exception):
    """This device cannot be read any more, others can; the message is for the user."""


def _query(function: Callable[..., Any], *arguments: object) -> Any | None:
    """Call NVML. None where the driver does not have, or may not tell, this one figure."""
    try:
        answer = function(*arguments)
    except pynvml.NVMLError as error:
        if error.value in _DRIVER_GONE:
            raise _DriverGoneError(_DRIVER_GONE[error.value]) from error
        if error.value in _DEVICE_GONE:
            raise _DeviceGoneError(_DEVICE_GONE[error.value]) from error
        return None
    except (UnicodeDecodeError, pynvml.NVMLLibraryMismatchError):
        return None  # a name that is not text, or a library older than the function
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


@dataclass(frozen=True)
class _Device:
    """A handle, and what cannot change while the driver is loaded: a lost GPU keeps its name."""

    handle: Any
    identity: dict[str, Any]


class NvmlDriver:
    """A session with the driver. Not for use by two threads at once.

    `read` starts the session when there is none, so a driver that comes back is found again.
    """

    def __init__(self) -> None:
        self._is_open = False
        self._devices: dict[int, _Device] = {}

    def __enter__(self) -> NvmlDriver:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self) -> DriverReading:
        """Read every device; what stands in the way is stated in `problem`, never raised."""
        try:
            self._open()
            count = _query(pynvml.nvmlDeviceGetCount)
            devices = tuple(self._read_device(index) for index in range(count or 0))
            version = _query(pynvml.nvmlSystemGetDriverVersion)
        except (_DriverGoneError, _DeviceGoneError) as error:
            self.close()
            return DriverReading(problem=str(error))
        problem = None if devices else "the NVIDIA driver is loaded but reports no device"
        return DriverReading(devices, version, problem)

    def energy_mj(self, index: int) -> int | None:
        """The energy counter of one device, without anything else; None where it cannot be read."""
        try:
            self._open()
            device = self._devices.get(index) or self._identify(index)
            if device is None:
                return None
            self._devices[index] = device
            found: int | None = _query(pynvml.nvmlDeviceGetTotalEnergyConsumption, device.handle)
        except (_DriverGoneError, _DeviceGoneError):
            return None
        return found

    def close(self) -> None:
        """End the session; without one this does nothing."""
        self._devices.clear()
        if not self._is_open:
            return
        self._is_open = False
        try:
            pynvml.nvmlShutdown()
        except pynvml.NVMLError_Uninitialized:
            return  # the driver ended the session first

    def _open(self) -> None:
        if self._is_open:
            return
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            reason = _DRIVER_GONE.get(error.value, f"the NVIDIA driver does not start: {error}")
            raise _DriverGoneError(reason) from error
        self._is_open = True

    def _read_device(self, index: int) -> DeviceReading:
        try:
            device = self._devices.get(index) or self._identify(index)
            if device is None:
                return DeviceReading(index, problem="the driver does not give access to this GPU")
            self._devices[index] = device
            figures = _figures(device.handle)
        except _DeviceGoneError as error:
            known = self._devices.get(index)
            return DeviceReading(index, **(known.identity if known else {}), problem=str(error))
        if all(figure is None for figure in figures.values()):
            problem = "the driver answers none of the queries about this GPU"
            return DeviceReading(index, **device.identity, problem=problem)
        return DeviceReading(index, **device.identity, **figures, read_at_s=time.monotonic())

    def _identify(self, index: int) -> _Device | None:
        handle = _query(pynvml.nvmlDeviceGetHandleByIndex, index)
        return None if handle is None else _Device(handle, _identity(handle))


def _identity(handle: Any) -> dict[str, Any]:
    pci = _query(pynvml.nvmlDeviceGetPciInfo, handle)
    capability = _query(pynvml.nvmlDeviceGetCudaComputeCapability, handle)
    return {
        "uuid": _query(pynvml.nvmlDeviceGetUUID, handle),
        "name": _query(pynvml.nvmlDeviceGetName, handle),
        "pci_bus_id": None if pci is None else _text(pci.busId),
        "compute_capability": None if capability is None else "{}.{}".format(*capability),
    }


def _figures(handle: Any) -> dict[str, Any]:
    memory = _memory(handle)
    utilisation = _query(pynvml.nvmlDeviceGetUtilizationRates, handle)
    mig = _query(pynvml.nvmlDeviceGetMigMode, handle)
    return {
        "memory_used_bytes": None if memory is None else memory.used,
        "memory_total_bytes": None if memory is None else memory.total,
        "utilisation_percent": None if utilisation is None else utilisation.gpu,
        "memory_utilisation_percent": None if utilisation is None else utilisation.memory,
        "power_w": _watts(_query(pynvml.nvmlDeviceGetPowerUsage, handle)),
        "power_limit_w": _watts(_query(pynvml.nvmlDeviceGetEnforcedPowerLimit, handle)),
        "temperature_c": _query(
            pynvml.nvmlDeviceGetTemperature, handle, pynvml.NVML_TEMPERATURE_GPU
        ),
        "clock_mhz": _query(pynvml.nvmlDeviceGetClockInfo, handle, pynvml.NVML_CLOCK_SM),
        "energy_mj": _query(pynvml.nvmlDeviceGetTotalEnergyConsumption, handle),
        "mig_enabled": None if mig is None else bool(mig[0]),
        "processes": _processes(handle),
    }


def _processes(handle: Any) -> tuple[ProcessReading, ...] | None:
    found = _query(pynvml.nvmlDeviceGetComputeRunningProcesses, handle)
    if found is None:
        return None
    busy = _busy_processes(handle)
    return tuple(ProcessReading(each.pid, each.usedGpuMemory, busy.get(each.pid)) for each in found)


def _busy_processes(handle: Any) -> dict[int, float]:
    """Each process's newest share of the multiprocessors' time; empty under MIG and where idle."""
    samples = _query(pynvml.nvmlDeviceGetProcessUtilization, handle, 0) or ()
    ordered = sorted(samples, key=lambda each: each.timeStamp)
    return {int(each.pid): float(each.smUtil) for each in ordered}


def _memory(handle: Any) -> Any | None:
    """Used and total bytes; None on parts that share the host's memory.

    The second version counts apart what the driver reserves, as nvidia-smi does; drivers before
    510 have only the first. A part without memory of its own may answer with a total of 0.
    """
    memory = _query(pynvml.nvmlDeviceGetMemoryInfo, handle, pynvml.nvmlMemory_v2)
    if memory is None:
        memory = _query(pynvml.nvmlDeviceGetMemoryInfo, handle)
    return memory if memory is not None and memory.total else None


def _watts(milliwatts: int | None) -> float | None:
    return None if milliwatts is None else milliwatts / 1000


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
