"""What drivers call real devices, against the profiles that are shipped."""

from __future__ import annotations

import pytest

from advisor.catalog.load import hardware
from advisor.telemetry.machine import Device, Machine, matching_hardware


@pytest.mark.parametrize(
    ("name", "capability", "memory_mib", "expected"),
    [
        ("NVIDIA H100 80GB HBM3", "9.0", 81559, "h100-sxm"),
        ("NVIDIA H100 PCIe", "9.0", 81559, "h100-pcie"),
        ("NVIDIA H200", "9.0", 143771, "h200-sxm"),
        ("NVIDIA B200", "10.0", 183359, "b200-sxm"),
        ("NVIDIA A100-SXM4-80GB", "8.0", 81920, "a100-80-sxm"),
        ("NVIDIA A100-SXM4-40GB", "8.0", 40960, "a100-40-sxm"),
        ("NVIDIA A100 80GB PCIe", "8.0", 81920, "a100-80-pcie"),
        ("NVIDIA A10", "8.6", 23028, "a10"),
        ("NVIDIA A10G", "8.6", 23028, "a10g"),
        ("NVIDIA L4", "8.9", 23034, "l4"),
        ("NVIDIA L40S", "8.9", 46068, "l40s"),
        ("Tesla T4", "7.5", 15360, "t4"),
        ("Tesla V100-SXM2-16GB", "7.0", 16384, "v100-16-sxm2"),
        ("NVIDIA GeForce RTX 4090", "8.9", 24564, "rtx4090"),
        ("NVIDIA RTX 6000 Ada Generation", "8.9", 49140, "rtx6000ada"),
        ("NVIDIA RTX A6000", "8.6", 49140, "rtxa6000"),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", "8.9", 16376, None),
        ("NVIDIA GH200 480GB", "9.0", 97871, None),
    ],
)
def test_reported_name_finds_its_profile(
    name: str, capability: str, memory_mib: int, expected: str | None
) -> None:
    device = Device(name, capability, memory_mib * 2**20)
    described = Machine((device,), "570.0", None, 2, 2, 2**33, "Linux", "3.11")
    assert matching_hardware(described, hardware()) == expected
