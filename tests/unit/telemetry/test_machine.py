from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog.hardware import Compute, Efficiency, Hardware, Memory
from advisor.catalog.quantity import Quantity, Source
from advisor.telemetry.machine import GENERIC_CPU, Device, Machine, machine, matching_hardware
from advisor.telemetry.reading import DeviceReading, HostReading, Telemetry

GIB = 2**30
SOURCE = Source("test", "2026-01-01", "high")


def profile(
    identifier: str, name: str, capability: str | None, capacity_gib: float, *aliases: str
) -> Hardware:
    half = Quantity.exact(0.5)
    return Hardware(
        id=identifier,
        name=name,
        vendor="cpu" if capability is None else "nvidia",
        architecture="test",
        compute=Compute(SOURCE, fp32_tflops=1),
        memory=Memory(SOURCE, capacity_gib, bandwidth_gb_per_s=1),
        efficiency=Efficiency(SOURCE, half, half, half, half),
        compute_capability=capability,
        aliases=aliases,
    )


CATALOG = {
    hardware.id: hardware
    for hardware in (
        profile("a10", "NVIDIA A10", "8.6", 24, "NVIDIA A10"),
        profile("a100-40-sxm", "NVIDIA A100 40 GB SXM4", "8.0", 40, "NVIDIA A100-SXM4-40GB"),
        profile("a100-80-sxm", "NVIDIA A100 80 GB SXM4", "8.0", 80, "NVIDIA A100-SXM4-80GB"),
        profile("h100-sxm", "NVIDIA H100 80 GB SXM5", "9.0", 80, "NVIDIA H100 80GB HBM3"),
        profile("h200-sxm", "NVIDIA H200 141 GB SXM5", "9.0", 141, "NVIDIA H200"),
        profile("rtx3090", "NVIDIA GeForce RTX 3090", "8.6", 24),
        profile("rtx4090", "NVIDIA GeForce RTX 4090", "8.9", 24),
        profile("t4", "NVIDIA T4", "7.5", 16, "Tesla T4"),
        profile(GENERIC_CPU, "Generic processor", None, 8),
    )
}
HOST = HostReading(1 * GIB, 8 * GIB, None, None, 4, 2, "Some Processor")
BARE = Machine((), None, None, 4, 2, 8 * GIB, "Linux", "3.11")


def with_device(name: str | None, capability: str | None, memory_gib: float | None) -> Machine:
    memory_bytes = None if memory_gib is None else round(memory_gib * GIB)
    return replace(BARE, devices=(Device(name, capability, memory_bytes),))


@pytest.mark.parametrize(
    ("name", "capability", "memory_gib", "expected"),
    [
        ("NVIDIA H100 80GB HBM3", "9.0", 79.6, "h100-sxm"),
        ("nvidia h100 80gb hbm3", "9.0", 79.6, "h100-sxm"),
        ("NVIDIA H200", "9.0", 140.4, "h200-sxm"),
        ("NVIDIA A100-SXM4-80GB", "8.0", 80, "a100-80-sxm"),
        ("NVIDIA A100-SXM4-40GB", None, None, "a100-40-sxm"),
        ("Tesla T4", "7.5", 15, "t4"),
        ("NVIDIA A10", "8.6", 22.5, "a10"),
        ("NVIDIA A100-PCIE-40GB", "8.0", 40, None),
        ("NVIDIA H200 NVL", "9.0", 140.4, None),
        ("NVIDIA GeForce RTX 3090 Ti", "8.6", 24, None),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", "8.9", 16, None),
        ("NVIDIA GeForce RTX 4090", "8.9", 48, None),
        ("NVIDIA GeForce RTX 4090", "8.6", 24, None),
        ("NVIDIA A100-SXM4-80GB MIG 3g.40gb", "8.0", None, None),
        ("Some other GPU", "8.0", 24, None),
        ("", None, None, None),
        (None, None, None, None),
    ],
)
def test_driver_names_are_matched_to_profiles(
    name: str | None, capability: str | None, memory_gib: float | None, expected: str | None
) -> None:
    assert matching_hardware(with_device(name, capability, memory_gib), CATALOG) == expected


def test_the_longest_name_wins() -> None:
    general = profile("general", "NVIDIA H100", "9.0", 80)
    catalog = {"general": general, **CATALOG}
    assert matching_hardware(with_device("NVIDIA H100 80GB HBM3", "9.0", 80), catalog) == "h100-sxm"


def test_the_first_device_decides() -> None:
    first, second = Device("NVIDIA H200", "9.0", None), Device("Tesla T4", "7.5", None)
    assert matching_hardware(replace(BARE, devices=(first, second)), CATALOG) == "h200-sxm"


def test_machine_without_a_gpu_is_the_generic_processor() -> None:
    assert matching_hardware(BARE, CATALOG) == GENERIC_CPU
    assert matching_hardware(BARE, {}) is None


def test_machine_is_described_from_a_reading() -> None:
    device = DeviceReading(
        0, name="NVIDIA H200", compute_capability="9.0", memory_total_bytes=140 * GIB
    )
    described = machine(Telemetry(1.0, (device,), HOST, driver_version="570.1"))
    assert described.devices == (Device("NVIDIA H200", "9.0", 140 * GIB),)
    assert described.driver_version == "570.1"
    assert described.processor_name == "Some Processor"
    assert (described.cores_logical, described.cores_physical) == (4, 2)
    assert described.memory_bytes == 8 * GIB


def test_why_there_is_no_device_is_kept() -> None:
    assert machine(Telemetry(1.0, (), HOST, problem="no NVIDIA driver")).problem == (
        "no NVIDIA driver"
    )
