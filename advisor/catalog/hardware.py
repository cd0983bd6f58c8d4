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
PositiveCount = Annotated[int, Meta(gt=0)]
MIG_COMPUTE_SLICES, MIG_MEMORY_SLICES = 7, 8
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
    multiprocessors: PositiveCount | None = None
    """Streaming multiprocessors, compute units or cores: how many tiles run at once."""

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
    cache_mib: Positive | None = None
    """The last cache that all multiprocessors or cores share."""


@dataclass(frozen=True)
class Link:
    """Bytes per second to a peer, one direction; 0 where there is no such link."""

    source: Source
    nvlink_gb_per_s: NonNegative = 0.0
    pcie_gb_per_s: NonNegative = 0.0
    bridge_gb_per_s: NonNegative = 0.0
    """Of a bridge between two cards, where one can be bought; it is not assumed to be there."""
    accelerators_per_node: PositiveCount = 8
    """How many are reached by these links; a group of more crosses the network."""
    inter_node_gbit_per_s: NonNegative = 1600.0
    """Of all network adapters of one machine together, one direction: 8 of 200 Gbit/s, as clouds
    build machines for training. Slower networks are set by `link.inter_node_gbit_per_s`."""


@dataclass(frozen=True)
class Power:
    source: Source
    tdp_w: Positive | None = None


AS_PROJECTED = Quantity.exact(1.0)


@dataclass(frozen=True)
class Curve:
    """How near one class of kernels comes to its ceilings, as a function of its size.

    `compute` and `bandwidth` are shares of the peak for the number format and of the memory's
    bandwidth that a large kernel reaches; above 1 where clocks run above the nominal one.
    A product of (m, k) by (k, n) computes as if it were larger by `half_m`, `half_n`, `half_k`:
    at m = half_m half of the arithmetic is useful. `fixed_us` passes in every kernel. `spread` is
    measured over projected time, as 80% of the rows of the fit show it, each left out of it.
    """

    compute: Positive = 1.0
    bandwidth: Positive = 1.0
    fixed_us: NonNegative = 0.0
    half_m: NonNegative = 0.0
    half_n: NonNegative = 0.0
    half_k: NonNegative = 0.0
    spread: Quantity = AS_PROJECTED
    byte_ns: NonNegative = 0.0
    """Nanoseconds of arithmetic for each byte moved, where a kernel is no product: what an
    exponential or a conversion costs a processor, in cache or not."""
    packing: NonNegative = 0.0
    """What a processor's library takes to copy a weight into the layout of its kernels before it
    computes with it, against the time of reading it; a product with a single row needs no copy.
    It lies in the last cache where it fits."""
    half_row_bytes: NonNegative = 0.0
    """A row of the weight takes as long to read as if it were longer by this: a processor waits
    for the first bytes of each, and fetches ahead only from there."""
    pass_ns: NonNegative = 0.0
    """Nanoseconds, beside the traffic, for each byte of the passes before and after the kernel
    that quantize or convert its operands."""
    each_pass_us: NonNegative | None = None
    """Microseconds that each of those passes takes whatever its size, with what the host takes to
    choose it; None is those of a streaming kernel. A compiler leaves few of the passes."""
    overlap: Annotated[float, Meta(ge=1)] | None = None
    """How arithmetic and traffic overlap in this class; None is as `Curves.overlap` has it."""


@dataclass(frozen=True)
class Curves:
    """The efficiency of kernels by class (`projection.kernels.KERNELS`).

    A box's own curves may be finer: `matmul/bf16` is of one number format, and
    `streaming/bf16/gelu` of one operator in it. The finest that there is holds.

    A tile of a × b results reaches 1 / (1 + tile_loss · (1/a + 1/b)) of the multiprocessor:
    small tiles read their operands more often. Where arithmetic and traffic take a and b seconds,
    the kernel takes (a^overlap + b^overlap)^(1/overlap). What lies in the last cache moves
    `cache_speed` times as fast as what lies in memory; a model has `cache_share` of that cache to
    itself, where other programs and machines use it too. Weights, which a whole run lies between
    one use and the next, have `weight_cache_share` of it.

    Between two eager operators a processor runs the model's own code. After one that has moved
    `refill_bytes`, or multiplied and added for `refill_s` at its peak, 1/e of that code is left in
    the caches; with none of it there the code takes `refill_us` longer.
    """

    source: Source
    classes: Mapping[str, Curve]
    tile_loss: NonNegative = 0.0
    overlap: Annotated[float, Meta(ge=1)] = 4.0
    cache_speed: Annotated[float, Meta(ge=1)] = 1.0
    cache_share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    weight_cache_share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    refill_us: NonNegative = 0.0
    refill_bytes: Positive = 1.0
    refill_s: Positive = 1.0


@dataclass(frozen=True)
class Efficiency:
    """The share of a peak that real kernels reach, and the host's cost of one kernel.

    `dispatch_us` is what eager PyTorch spends on the host for one operator, `launch_us` what a
    compiled program spends to launch one kernel. Python's code of one module, around its operators,
    costs as much as `module_dispatches` of them, and that of one attention, which splits heads and
    joins them, makes masks and keeps keys, as much as `attention_dispatches`. The two fractions
    are of large kernels of any class; where there are `curves`, these say more.
    """

    source: Source
    compute_fraction: Share
    bandwidth_fraction: Share
    dispatch_us: Quantity
    launch_us: Quantity
    curves: Curves | None = None
    module_dispatches: NonNegative = 0.0
    attention_dispatches: NonNegative = 0.0


@dataclass(frozen=True)
class MigSlice:
    """An instance profile: so many of a GPU's 7 compute and 8 memory slices.

    Memory, its bandwidth and the last cache come with the memory slices.
    """

    name: str
    """As nvidia-smi lists it: 1g.10gb."""
    compute_slices: Annotated[int, Meta(ge=1, le=MIG_COMPUTE_SLICES)]
    memory_slices: Annotated[int, Meta(ge=1, le=MIG_MEMORY_SLICES)]
    count: Annotated[int, Meta(ge=1, le=MIG_COMPUTE_SLICES)]
    """Instances of this profile that one GPU holds at most."""
    memory_gib: Positive | None = None
    """What the driver lists as usable; None where it is not known."""

    def __post_init__(self) -> None:
        for what, each, most in (
            ("compute_slices", self.compute_slices, MIG_COMPUTE_SLICES),
            ("memory_slices", self.memory_slices, MIG_MEMORY_SLICES),
        ):
            if each * self.count > most:
                raise ValueError(f"{self.count} instances of {each} {what} exceed the GPU's {most}")


@dataclass(frozen=True)
class Mig:
    """`slices` are the profiles by the name that `mig:slice=` takes; none where there is no MIG."""

    source: Source
    max_instances: Annotated[int, Meta(ge=0, le=16)] = 0
    slices: Mapping[str, MigSlice] = field(default_factory=dict)


@dataclass(frozen=True)
class Purchase:
    source: Source
    price_usd: Quantity


@dataclass(frozen=True)
class Calibration:
    """The one box that a profile was measured on; it describes no other, nor this one changed."""

    device: str
    driver: str
    torch: str
    threads: Annotated[int, Meta(gt=0)]
    taken_at: str
    """UTC, ISO 8601."""
    points: PositiveCount
    """Timed modules behind it."""
    median_error: NonNegative
    """Of |projected / measured - 1|, each point left out of the fit that projects it."""


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
    calibration: Calibration | None = None
    """None where the figures are of the kind of part, and not of one box."""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_cpu(self) -> bool:
        return self.vendor == "cpu"
