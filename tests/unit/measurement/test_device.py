from __future__ import annotations

import pytest
import torch

from advisor.errors import UsageError
from advisor.measurement import device
from advisor.measurement.timing import Stopwatch
from advisor.telemetry.reading import DeviceReading

CPU = torch.device("cpu")


class Counter:
    """A driver whose counter gains half a joule a run, and shows it every four runs."""

    def __init__(
        self, calls: list[int], answers: int | None = None, *, stands: bool = False
    ) -> None:
        self._calls, self._answers, self._stands = calls, answers, stands
        self.index: int | None = None

    def __enter__(self) -> Counter:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def energy_mj(self, index: int) -> int | None:
        self.index = index
        if self._answers is not None:
            self._answers -= 1
            if self._answers < 0:
                return None
        return 1000 if self._stands else 1000 + 2000 * (len(self._calls) // 4)


def energy_j(
    monkeypatch: pytest.MonkeyPatch, reading: DeviceReading | None, counter: Counter,
    calls: list[int],
) -> float | None:  # fmt: skip
    monkeypatch.setattr(device, "reading", lambda _: reading)
    monkeypatch.setattr(device, "NvmlDriver", lambda: counter)
    monkeypatch.setattr(device, "_ENERGY_SPAN_S", 0.02)
    monkeypatch.setattr(device, "_STEP_LIMIT_S", 0.05)
    return device.energy_j(Stopwatch(CPU), lambda: calls.append(1), latency_s=0.25)


def test_processor_is_found() -> None:
    assert device.find("cpu") == CPU


@pytest.mark.parametrize("name", ["", "gpu", "cuda:99", "CPU", "meta"])
def test_device_that_is_not_there_is_refused_with_the_choices(name: str) -> None:
    with pytest.raises(UsageError, match="choose from cpu"):
        device.find(name)


def test_processor_has_no_figures_of_a_driver() -> None:
    assert device.reading(CPU) is None
    assert device.memory_used_bytes(CPU) is None
    assert device.energy_j(Stopwatch(CPU), lambda: None, latency_s=1.0) is None


def test_energy_is_the_counters_rise_between_two_of_its_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []
    counter = Counter(calls)
    reading = DeviceReading(3, energy_mj=1000)
    assert energy_j(monkeypatch, reading, counter, calls) == 0.5  # not off by part of a step
    assert len(calls) % 4 == 0
    assert counter.index == 3


@pytest.mark.parametrize(
    "reading",
    [None, DeviceReading(0, energy_mj=None), DeviceReading(0, energy_mj=1, mig_enabled=True)],
)
def test_energy_is_unknown_where_no_counter_tells_it(
    monkeypatch: pytest.MonkeyPatch, reading: DeviceReading | None
) -> None:
    calls: list[int] = []
    assert energy_j(monkeypatch, reading, Counter(calls), calls) is None
    assert not calls


@pytest.mark.parametrize("answers", [0, 1, 9])
def test_energy_is_unknown_where_the_gpu_is_lost_meanwhile(
    monkeypatch: pytest.MonkeyPatch, answers: int
) -> None:
    calls: list[int] = []
    reading = DeviceReading(0, energy_mj=1)
    assert energy_j(monkeypatch, reading, Counter(calls, answers), calls) is None


def test_a_counter_that_stands_still_is_unknown_and_not_zero(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []
    reading = DeviceReading(0, energy_mj=1)
    assert energy_j(monkeypatch, reading, Counter(calls, stands=True), calls) is None


def test_no_gpu_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(UsageError, match="built without CUDA"):
        device.find("cuda")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(UsageError, match="CUDA_VISIBLE_DEVICES is ''"):
        device.find("cuda:0")
