"""advisor hardware: accelerators that can be projected on."""

from __future__ import annotations

from advisor import units
from advisor.catalog.hardware import Hardware
from advisor.catalog.load import hardware
from advisor.cli._listing import listing


def row(part: Hardware) -> tuple[str, ...]:
    bf16 = part.compute.peak_flops("bf16")
    return (
        part.id,
        part.name,
        f"{part.memory.capacity_gib:g} GiB",
        f"{part.memory.bandwidth_gb_per_s:g} GB/s",
        units.count(part.compute.peak_flops("fp32"), "FLOP/s"),
        "none" if bf16 is None else units.count(bf16, "FLOP/s"),
        part.compute.source.as_of,
    )


COMMAND = listing(
    "hardware",
    "list the hardware profiles",
    ("id", "name", "memory", "bandwidth", "fp32", "bf16", "as of"),
    lambda: [row(part) for part in hardware().values()],
    lambda: list(hardware().values()),
)
