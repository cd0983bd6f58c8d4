"""The device that a measurement runs on: what torch calls it, and what its driver says of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from advisor.errors import UsageError
from advisor.measurement.timing import Stopwatch
from advisor.telemetry.host import processor_clock_mhz
from advisor.telemetry.nvml import NvmlDriver
from advisor.telemetry.reading import DeviceReading
from advisor.telemetry.sample import sample

_ENERGY_SPAN_S = 1.0
"""Long against a step of the driver's counter, which moves every 20 to 100 ms."""
_STEP_LIMIT_S = 1.0
"""A counter that stands still for so long while the device works does not count."""
_BETWEEN_READINGS_S = 0.005


def find(name: str) -> torch.device:
    """The device called `name`; UsageError where there is none such, with those there are."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    choices = ["cpu", *(["cuda"] if count else []), *(f"cuda:{index}" for index in range(count))]
    if name not in choices:
        hidden = _why_none() if name.startswith("cuda") and not count else "not on this machine"
        raise UsageError(f"device {name!r}: {hidden}; choose from {', '.join(choices)}")
    return torch.device(name)


def _why_none() -> str:
    """Why PyTorch sees no GPU, though the driver may list some."""
    if torch.version.cuda is None:
        return f"torch {torch.__version__} is built without CUDA"
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return f"CUDA_VISIBLE_DEVICES is {visible!r}, and leaves PyTorch no GPU"
    return f"PyTorch finds no GPU that CUDA {torch.version.cuda} and the driver can use"


def energy_j(stopwatch: Stopwatch, forward: Callable[[], object], latency_s: float) -> float | None:
    """Joules of one forward pass, from the driver's counter over about a second of them.

    Begun and ended as the counter steps, with the device at work all the while. It is the whole
    device's energy, idle power included. None on the processor, and where the driver keeps no
    counter for this device alone.
    """
    first = reading(stopwatch.device)
    if first is None or first.energy_mj is None or first.mig_enabled:
        return None
    at_once = max(1, round(_BETWEEN_READINGS_S / latency_s))
    with NvmlDriver() as driver:
        meter = _Meter(stopwatch, forward, at_once, lambda: driver.energy_mj(first.index))
        begun = meter.run_to_step(0.0)
        ended = None if begun is None else meter.run_to_step(_ENERGY_SPAN_S)
    if begun is None or ended is None:
        return None
    return (ended.energy_mj - begun.energy_mj) / 1000 / (ended.runs - begun.runs)


@dataclass(frozen=True)
class _Step:
    """The counter as it has just moved, and the forward passes that were run before."""

    energy_mj: int
    runs: int


class _Meter:
    """Runs forward passes, and reads a counter after every few of them."""

    def __init__(
        self, stopwatch: Stopwatch, forward: Callable[[], object], at_once: int,
        counter: Callable[[], int | None],
    ) -> None:  # fmt: skip
        self._stopwatch, self._forward = stopwatch, forward
        self._at_once, self._counter = at_once, counter
        self._runs = 0

    def run_to_step(self, span_s: float) -> _Step | None:
        """Run for `span_s`, then on to the counter's next step; None where it does not step."""
        span_ends_at = time.perf_counter() + span_s
        before = self._counter()
        steps_by = span_ends_at + _STEP_LIMIT_S
        while before is not None:
            for _ in range(self._at_once):
                self._stopwatch.time_s(self._forward)
            self._runs += self._at_once
            now, moment = self._counter(), time.perf_counter()
            if now is None or (moment > steps_by and now <= before):
                return None
            if moment >= span_ends_at and now > before:
                return _Step(now, self._runs)
            if moment < span_ends_at:
                before = now
        return None


def clock_mhz(device: torch.device) -> float | None:
    """The clock of the device's processors now; None where its driver or the system is silent."""
    if device.type != "cuda":
        return processor_clock_mhz()
    now = reading(device)
    return None if now is None else now.clock_mhz


def memory_used_bytes(device: torch.device) -> int | None:
    """What is in use on the device by anyone; None on the processor.

    Where the driver does not tell (parts that share the host's memory), torch's own query does.
    """
    if device.type != "cuda":
        return None
    now = reading(device)
    if now is not None and now.memory_used_bytes is not None:
        return now.memory_used_bytes
    free, total = torch.cuda.mem_get_info(device)
    return total - free


def reading(device: torch.device) -> DeviceReading | None:
    """The driver's figures for `device`, found by UUID; None on the processor or where it is not.

    The position tells nothing: the driver ignores CUDA_VISIBLE_DEVICES.
    """
    if device.type != "cuda":
        return None
    uuid = str(torch.cuda.get_device_properties(device).uuid)
    found = (each for each in sample().devices if each.uuid is not None)
    return next((each for each in found if each.uuid and each.uuid.endswith(uuid)), None)
