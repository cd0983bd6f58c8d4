"""advisor hardware: accelerators that can be projected on, and where their figures come from."""

from __future__ import annotations

from advisor import units
from advisor.catalog.hardware import Hardware
from advisor.catalog.load import hardware
from advisor.cli._catalog import catalogue


def row(part: Hardware) -> tuple[str, ...]:
    bf16 = part.compute.peak_flops("bf16")
    price = part.purchase.price_usd.expected if part.purchase else None
    return (
        part.id,
        part.name,
        f"{part.memory.capacity_gib:g} GiB",
        f"{part.memory.bandwidth_gb_per_s:g} GB/s",
        units.count(part.compute.peak_flops("fp32"), "FLOP/s"),
        "none" if bf16 is None else units.count(bf16, "FLOP/s"),
        units.usd(price),
        part.purchase.source.as_of if part.purchase else "",
        part.compute.source.as_of,
    )


COMMAND = catalogue(
    "hardware",
    "hardware",
    "list the hardware profiles; with ID, every figure of one and its source",
    ("id", "name", "memory", "bandwidth", "fp32", "bf16", "price", "price as of", "as of"),
    row,
    hardware,
)
