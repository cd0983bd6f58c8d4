"""Telemetry through its real path, `pynvml` and a shared library, with a stand-in driver."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import advisor
from tests.standin_driver.build import StandinDriver

ROOT = Path(advisor.__file__).parents[1]
GIB = 2**30

READ = """
import json, sys
from dataclasses import asdict
from advisor.telemetry.nvml import NvmlDriver

with NvmlDriver() as driver:
    print(json.dumps([asdict(driver.read()) for _ in range(int(sys.argv[1]))]))
"""

SAMPLE = """
import json, queue, sys
from dataclasses import asdict
from advisor.telemetry.sample import Sampler

received = queue.Queue()
sampler = Sampler(received.put, interval_s=0.05, driver_limit_s=float(sys.argv[2]))
sampler.start()
print(json.dumps([asdict(received.get(timeout=20)) for _ in range(int(sys.argv[1]))]))
"""

MACHINE = """
import json
from dataclasses import asdict
from advisor.telemetry.machine import machine

print(json.dumps(asdict(machine())))
"""


def run(environment: dict[str, str], script: str, *arguments: object) -> Any:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    finished = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    return json.loads(finished.stdout)


def figures(device: dict[str, Any]) -> dict[str, Any]:
    identity = {"index", "uuid", "name", "pci_bus_id", "compute_capability"}
    return {key: device[key] for key in device.keys() - identity - {"problem", "read_at_s"}}


def test_both_devices_are_read_whole(standin_driver: StandinDriver) -> None:
    [reading] = run(standin_driver.environment("two"), READ, 1)
    assert reading["problem"] is None
    assert reading["driver_version"] == "570.86.15"
    busy, idle = reading["devices"]
    assert busy["name"] == "NVIDIA H100 80GB HBM3"
    assert busy["compute_capability"] == "9.0"
    assert [busy["pci_bus_id"], idle["pci_bus_id"]] == ["00000000:1B:00.0", "00000000:1C:00.0"]
    assert busy["uuid"] != idle["uuid"]
    assert busy["memory_total_bytes"] == 80 * GIB
    assert busy["memory_used_bytes"] == 42 * GIB
    assert busy["utilisation_percent"] == 71
    assert busy["memory_utilisation_percent"] == 35
    assert busy["power_w"] == pytest.approx(488.9)
    assert busy["power_limit_w"] == 700
    assert busy["temperature_c"] == 57
    assert busy["energy_mj"] == 1_488_900
    assert busy["mig_enabled"] is False
    assert busy["clock_mhz"] == 1980
    assert busy["processes"] == [
        {"pid": 4242, "memory_bytes": 42 * GIB, "utilisation_percent": None}
    ]
    assert idle["processes"] == []  # known to have none
    assert idle["utilisation_percent"] == 0  # known to be idle, unlike unknown


def test_figures_follow_the_load(standin_driver: StandinDriver) -> None:
    readings = run(standin_driver.environment("two"), READ, 4)
    busy = [reading["devices"][0] for reading in readings]
    assert len({device["utilisation_percent"] for device in busy}) == 4
    energy = [device["energy_mj"] for device in busy]
    assert energy == sorted(set(energy))


def test_visible_devices_change_nothing(standin_driver: StandinDriver) -> None:
    environment = {**standin_driver.environment("two"), "CUDA_VISIBLE_DEVICES": "1"}
    [reading] = run(environment, READ, 1)
    assert [device["index"] for device in reading["devices"]] == [0, 1]


def test_lost_device_says_so_and_the_other_goes_on(standin_driver: StandinDriver) -> None:
    readings = run(standin_driver.environment("lost", after=2), READ, 4)
    assert [reading["devices"][1]["problem"] is None for reading in readings] == [
        True,
        True,
        False,
        False,
    ]
    for reading in readings[2:]:
        busy, lost = reading["devices"]
        assert reading["problem"] is None
        assert busy["problem"] is None
        assert busy["utilisation_percent"] > 0
        assert "lost" in lost["problem"]
        assert lost["name"] == "NVIDIA H100 80GB HBM3"
        assert set(figures(lost).values()) == {None}
        assert lost["read_at_s"] is None


def test_device_lost_from_the_start_is_listed(standin_driver: StandinDriver) -> None:
    readings = run(standin_driver.environment("lost", after=0), READ, 2)
    assert ["lost" in reading["devices"][1]["problem"] for reading in readings] == [True, True]


def test_sampler_keeps_the_last_figures_of_a_lost_device(standin_driver: StandinDriver) -> None:
    samples = run(standin_driver.environment("lost", after=2), SAMPLE, 4, 2)
    last_good, lost = samples[1]["devices"][1], samples[3]["devices"][1]
    assert last_good["problem"] is None
    assert "lost" in lost["problem"]
    assert figures(lost) == figures(last_good)
    assert lost["read_at_s"] == last_good["read_at_s"]
    assert samples[3]["taken_at_s"] - lost["read_at_s"] > 0.05


def test_unsupported_figures_are_unknown_not_zero(standin_driver: StandinDriver) -> None:
    [reading] = run(standin_driver.environment("unsupported"), READ, 1)
    for device in reading["devices"]:
        assert set(figures(device).values()) == {None}
        assert device["name"] == "NVIDIA H100 80GB HBM3"
        assert "none of the queries" in device["problem"]


def test_unified_memory_is_unknown_and_the_rest_is_read(standin_driver: StandinDriver) -> None:
    [reading] = run(standin_driver.environment("unified"), READ, 1)
    device = reading["devices"][0]
    assert device["memory_used_bytes"] is None
    assert device["memory_total_bytes"] is None
    assert device["utilisation_percent"] > 0
    assert device["problem"] is None


def test_partitioned_device_has_power_but_no_utilisation(standin_driver: StandinDriver) -> None:
    [reading] = run(standin_driver.environment("mig"), READ, 1)
    partitioned, whole = reading["devices"]
    assert partitioned["mig_enabled"] is True
    assert partitioned["utilisation_percent"] is None
    assert partitioned["power_w"] > 0
    assert whole["utilisation_percent"] == 0


def test_old_driver_without_second_memory_version(standin_driver: StandinDriver) -> None:
    [reading] = run(standin_driver.environment("old"), READ, 1)
    device = reading["devices"][0]
    assert device["memory_total_bytes"] == 80 * GIB
    assert device["memory_used_bytes"] == 42.5 * GIB  # what the driver reserves is counted in


def test_unloaded_driver_is_found_again(standin_driver: StandinDriver) -> None:
    readings = run(standin_driver.environment("unloaded", after=2), READ, 4)
    assert [len(reading["devices"]) for reading in readings] == [2, 2, 0, 2]
    assert "unloaded" in readings[2]["problem"]


@pytest.mark.parametrize(
    ("scenario", "reason"), [("nodriver", "not loaded"), ("nodevice", "no device")]
)
def test_no_device_to_read_is_stated(
    standin_driver: StandinDriver, scenario: str, reason: str
) -> None:
    [reading] = run(standin_driver.environment(scenario), READ, 1)
    assert reading["devices"] == []
    assert reason in reading["problem"]


def test_hanging_driver_is_given_up_after_the_limit(standin_driver: StandinDriver) -> None:
    started_s = time.monotonic()
    samples = run(standin_driver.environment("hang", after=2), SAMPLE, 5, 2)
    assert time.monotonic() - started_s < 10  # the driver hangs for an hour; the process ends
    times_s = [sample["taken_at_s"] for sample in samples]
    took_s = [late_s - early_s for early_s, late_s in pairwise(times_s)]
    assert 1.9 < took_s[1] < 4  # the third reading is the one that hangs
    assert took_s[2] < 1  # and is not waited for again
    assert "has not answered for" in samples[2]["problem"]
    for device, last_good in zip(samples[4]["devices"], samples[1]["devices"], strict=True):
        assert "has not answered" in device["problem"]
        assert figures(device) == figures(last_good)
        assert samples[4]["taken_at_s"] - device["read_at_s"] > 2


def test_driver_that_answers_again_is_read_again(standin_driver: StandinDriver) -> None:
    samples = run(standin_driver.environment("hang", after=1, hang_s=1), SAMPLE, 40, 0.5)
    silent = [index for index, sample in enumerate(samples) if sample["problem"] is not None]
    assert silent
    recovered = samples[-1]
    assert recovered["problem"] is None
    assert recovered["devices"][0]["problem"] is None
    assert recovered["devices"][0]["read_at_s"] > samples[silent[0]]["taken_at_s"]


def test_machine_lists_the_devices(standin_driver: StandinDriver) -> None:
    described = run(standin_driver.environment("two"), MACHINE)
    assert described["driver_version"] == "570.86.15"
    assert described["devices"][0] == {
        "name": "NVIDIA H100 80GB HBM3",
        "compute_capability": "9.0",
        "memory_bytes": 80 * GIB,
        "mig_enabled": False,
    }
