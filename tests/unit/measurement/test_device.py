from __future__ import annotations

import pytest
import torch

from advisor.errors import UsageError
from advisor.measurement import device
from advisor.measurement.timing import Stopwatch
from advisor.telemetry.reading import DeviceReading

CPU = torch.device("cpu")


class Driver:
    """Answers with one reading after the other."""

    def __init__(self, *readings: DeviceReading | None) -> None:
        self._readings = list(readings)

    def __call__(self, _: torch.device) -> DeviceReading | None:
        return self._readings.pop(0)


def energy_j(monkeypatch: pytest.MonkeyPatch, driver: Driver, calls: list[int]) -> float | None:
    monkeypatch.setattr(device, "reading", driver)
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


def test_energy_is_the_counters_rise_over_the_runs_of_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []
    driver = Driver(DeviceReading(0, energy_mj=1000), DeviceReading(0, energy_mj=3000))
    assert energy_j(monkeypatch, driver, calls) == 0.5  # 2 J in 4 runs of 0.25 s
    assert len(calls) == 4


@pytest.mark.parametrize(
    "driver",
    [
        Driver(None),
        Driver(DeviceReading(0, energy_mj=None)),
        Driver(DeviceReading(0, energy_mj=1, mig_enabled=True)),
        Driver(DeviceReading(0, energy_mj=1), DeviceReading(0, problem="the GPU is lost")),
    ],
)
def test_energy_is_unknown_where_no_counter_tells_it(
    monkeypatch: pytest.MonkeyPatch, driver: Driver
) -> None:
    assert energy_j(monkeypatch, driver, []) is None
