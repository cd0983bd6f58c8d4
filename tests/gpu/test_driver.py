"""The driver's figures against PyTorch's and nvidia-smi's, on the device at work."""

from __future__ import annotations

import torch

from advisor.catalog.load import hardware
from advisor.measurement import device
from advisor.telemetry.machine import machine, matching_hardware
from tests.benchmarks.gpu import driver_checks


def test_every_figure_that_both_sides_know_is_the_same() -> None:
    checks = driver_checks("cuda")
    assert [each for each in checks if each.holds is False] == []
    known = {each.figure for each in checks if each.holds}
    assert known >= {"memory total MiB", "growth by an allocation MiB"}


def test_the_device_of_torch_is_found_in_the_driver_by_its_uuid() -> None:
    found = device.reading(device.find("cuda"))
    major, minor = torch.cuda.get_device_capability()
    assert found is not None, "under MIG the driver lists the whole GPU, which torch does not see"
    assert found.name == torch.cuda.get_device_name()
    assert found.compute_capability == f"{major}.{minor}"


def test_this_gpu_is_in_the_catalogue() -> None:
    assert matching_hardware(machine(), hardware()) is not None
