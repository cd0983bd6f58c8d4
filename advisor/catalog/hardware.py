"""Accelerators and processors: what they can do at most, with the source of each block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from msgspec import Meta

from advisor.catalog.quantity import Quantity, Share, Source

Positive = Annotated[float, Meta(gt=0)]
NonNegative = Annotated[float, Meta(ge=0)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Dtype = Literal["fp32", "tf32", "fp16", "bf16", "fp8", "int8", "int4", "fp4"]


@dataclass(frozen=True)
class Compute:
    """Dense peaks in 10^12 operations per second; a dtype without units of its own is absent."""

    source: Source
    fp32_tflops: Positive
    tf32_tflops: Positive | None = None
    fp16_tflops: Positive | None = None
    bf16_tflops: Positive | None = None
    fp8_tflops: Positive | None = None
    int8_tops: Positive | None = None
    int4_tops: Positive | None = None
    fp4_tflops: Positive | None = None
    sparsity_2_4: bool = False

    def peak_flops(self, dtype: str) -> float | None:
        """Peak operations per second for `dtype`, None where the part has no units for it."""
        suffix = "tops" if dtype.startswith("int") else "tflops"
        tera: float | None = getattr(self, f"{dtype}_{suffix}", None)
        return None if tera is None else tera * 1e12


@dataclass(frozen=True)
class Memory:
    """Device memory. Vendors' "GB" of device memory are gibibytes, less a little for ECC."""

    source: Source
    capacity_gib: Positive
    bandwidth_gb_per_s: Positive


@dataclass(frozen=True)
class Link:
    """Bytes per second to a peer, one direction; 0 where there is no such link."""

    source: Source
    nvlink_gb_per_s: NonNegative = 0.0
    pcie_gb_per_s: NonNegative = 0.0


@dataclass(frozen=True)
class Power:
    source: Source
    tdp_w: Positive | None = None


@dataclass(frozen=True)
class Efficiency:
    """The share of a peak that real kernels reach, and the host's cost of one kernel.

    `dispatch_us` is what eager PyTorch spends on the host for one operator, `launch_us` what a
    compiled program spends to launch one kernel.
    """

    source: Source
    compute_fraction: Share
    bandwidth_fraction: Share
    dispatch_us: Quantity
    launch_us: Quantity


@dataclass(frozen=True)
class Mig:
    source: Source
    max_instances: Annotated[int, Meta(ge=0, le=16)] = 0


@dataclass(frozen=True)
class Purchase:
    source: Source
    price_usd: Quantity


@dataclass(frozen=True)
class Hardware:
    """One kind of accelerator (or a processor used as one). `id` is the name of its file."""

    id: str
    name: str
    vendor: Literal["nvidia", "amd", "google", "cpu"]
    architecture: str
    compute: Compute
    memory: Memory
    efficiency: Efficiency
    link: Link | None = None
    power: Power | None = None
    mig: Mig | None = None
    purchase: Purchase | None = None
    compute_capability: str | None = None
    aliases: tuple[str, ...] = ()
    """Names a driver reports for this part, compared without regard to case."""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_cpu(self) -> bool:
        return self.vendor == "cpu"
