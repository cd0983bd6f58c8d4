"""The efficiency curves of a part: its own, or its family's with the wide interval of the part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import Curve, Curves, Hardware
from advisor.catalog.quantity import Quantity
from advisor.projection.kept import kept_with

KERNELS = (
    "matmul", "product", "conv", "grouped_conv", "depthwise_conv", "attention",
    "streaming", "norm", "copy",
)  # fmt: skip
"""Classes of kernels whose efficiency differs: products with a weight, products of activations,
convolutions, those in groups, depth-wise ones, fused attention, element-wise work, norms and
reductions, and copies."""
MATMUL, PRODUCT, CONV, GROUPED_CONV, DEPTHWISE_CONV, ATTENTION, STREAMING, NORM, COPY = range(
    len(KERNELS)
)

COMPUTING = KERNELS[: ATTENTION + 1]
"""Those whose arithmetic can take longer than their traffic."""
TILED = ("matmul", "product", "conv", "grouped_conv")
"""Those whose share of the peak depends on every dimension of the product."""

GPU_SHAPES: Mapping[str, Curve] = {
    "matmul": Curve(1.2, 1.0, 4.0, half_k=64),
    "product": Curve(0.35, 0.9, 3.0, half_k=64),
    "conv": Curve(1.2, 0.8, 4.0, half_k=64),
    "grouped_conv": Curve(0.6, 0.5, 4.0, half_k=64),
    "depthwise_conv": Curve(0.85, 0.8, 4.0),
    "attention": Curve(0.75, 0.9, 4.0, half_k=16),
    "streaming": Curve(0.1, 1.1, 2.5),
    "norm": Curve(0.1, 1.1, 2.5),
    "copy": Curve(0.1, 0.8, 2.5),
}
"""Shapes for an accelerator without curves of its own; `compute` and `bandwidth` are shares of
the part's own two fractions."""
CPU_SHAPES: Mapping[str, Curve] = {
    "matmul": Curve(1.0, 1.0, half_m=1.0, half_n=8.0, half_k=8.0),
    "product": Curve(0.6, 1.0, half_m=1.0, half_n=8.0, half_k=8.0),
    "conv": Curve(0.8, 1.0, half_n=8.0, half_k=8.0),
    "grouped_conv": Curve(0.6, 1.0, half_n=8.0, half_k=8.0),
    "depthwise_conv": Curve(0.2, 0.8),
    "attention": Curve(0.5, 1.0),
    "streaming": Curve(0.2, 1.0),
    "norm": Curve(0.2, 0.8),
    "copy": Curve(0.2, 0.8),
}
"""The same for a processor."""
GPU_TILE_LOSS, GPU_OVERLAP, CPU_OVERLAP = 10.0, 4.0, 2.0
GPU_CACHE_SPEED, CPU_CACHE_SPEED = 2.5, 3.0
STACKED_GB_PER_S, STACKED_OVERLAP, STACKED_CACHE_SPEED = 1200.0, 3.0, 1.0
"""Memory this fast is stacked on the part, and its last cache is little faster: that of an RTX 4090
serves at 2.9 times the rate, while the fit of the A100 finds no gain, and an overlap of 2.6."""


FORMATS = ("other", "fp32", "bf16", "fp16", "int8", "fp32-int4")
"""Number formats that a box's own curves tell apart. The last is a product of 32-bit floats with
4-bit weights, which is a kernel of its own on a processor."""
FORMAT_OF_DTYPE = {"float32": 1, "bfloat16": 2, "float16": 3, "int8": 4}

_LABELS: dict[str, int] = {}


def label(operator_name: str) -> int:
    """A number for each name of an operator that this process has met, from 0."""
    return _LABELS.setdefault(operator_name, len(_LABELS))


def label_names() -> tuple[str, ...]:
    """The names of operators by their labels."""
    return tuple(_LABELS)


VECTOR = label("vector")
"""A weight with a single row: a kernel of its own in every library."""
_ENDS = ("low", "expected", "high")


@dataclass(frozen=True)
class KernelModel:
    """Curves as arrays of shape (kernel classes,), those that are finer at the end."""

    curves: Curves
    compute: NDArray[np.float64]
    bandwidth: NDArray[np.float64]
    fixed_s: NDArray[np.float64]
    half_m: NDArray[np.float64]
    half_n: NDArray[np.float64]
    half_k: NDArray[np.float64]
    byte_s: NDArray[np.float64]
    packing: NDArray[np.float64]
    half_row_bytes: NDArray[np.float64]
    pass_s: NDArray[np.float64]
    """Of a byte."""
    pass_fixed_s: NDArray[np.float64]
    overlap: NDArray[np.float64] | float
    """One figure where all classes have the same."""
    of_matrix_units: bool = False
    """Whether `compute` is of products in 16 bits, and not of each format by itself."""
    finest: NDArray[np.intp] | None = None
    """Index of the finest class by kernel, format and label, the last label standing for all that
    were not met yet; None where no class is finer than its kernel."""

    @cached_property
    def spread(self) -> NDArray[np.float64]:
        """The low, expected and high end of each kernel's, shape (3, kernels)."""
        each = [self.curves.classes[name].spread for name in KERNELS]
        return np.array([[getattr(one, end) for one in each] for end in _ENDS])

    def refined(
        self, kinds: NDArray[np.intp], formats: NDArray[np.intp], labels: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """The class of each call, of the shape that `kinds` and `formats` have together."""
        if self.finest is None:
            return kinds
        known = np.minimum(labels, self.finest.shape[2] - 1)
        return np.asarray(self.finest[kinds, formats, known])


@kept_with
def kernel_model(hardware: Hardware) -> KernelModel:
    """The curves of `hardware` as arrays, made once and kept as long as it is."""
    of_matrix_units = not hardware.is_cpu and hardware.calibration is None
    return _tabulate(curves_of(hardware), of_matrix_units=of_matrix_units)


def _tabulate(curves: Curves, *, of_matrix_units: bool) -> KernelModel:
    finer = [name for name in curves.classes if name not in KERNELS]
    classes = [curves.classes[name] for name in (*KERNELS, *finer)]

    def column(name: str) -> NDArray[np.float64]:
        return np.array([getattr(each, name) for each in classes], dtype=float)

    return KernelModel(
        curves,
        column("compute"),
        column("bandwidth"),
        column("fixed_us") * 1e-6,
        column("half_m"),
        column("half_n"),
        column("half_k"),
        column("byte_ns") * 1e-9,
        column("packing"),
        column("half_row_bytes"),
        column("pass_ns") * 1e-9,
        _pass_fixed_us(classes) * 1e-6,
        _one_or_each([curves.overlap if one.overlap is None else one.overlap for one in classes]),
        of_matrix_units,
        _finest(finer) if finer else None,
    )


def _pass_fixed_us(classes: Sequence[Curve]) -> NDArray[np.float64]:
    other = classes[STREAMING].fixed_us
    return np.array([other if each.each_pass_us is None else each.each_pass_us for each in classes])


def _one_or_each(figures: list[float]) -> NDArray[np.float64] | float:
    return float(figures[0]) if len(set(figures)) == 1 else np.array(figures)


def _finest(finer: list[str]) -> NDArray[np.intp]:
    """Coarse classes first, so that a finer one overwrites what they filled."""
    places = [(name.split("/"), len(KERNELS) + place) for place, name in enumerate(finer)]
    for path, _ in places:
        if len(path) == 3:
            label(path[2])
    finest = np.empty((len(KERNELS), len(FORMATS), len(_LABELS) + 1), dtype=np.intp)
    finest[:] = np.arange(len(KERNELS))[:, None, None]
    for path, index in sorted(places, key=lambda each: len(each[0])):
        which = label(path[2]) if len(path) == 3 else slice(None)
        finest[KERNELS.index(path[0]), FORMATS.index(path[1]), which] = index
    return finest


def curves_of(hardware: Hardware) -> Curves:
    """The part's own curves, classes that they lack filled from its family's."""
    own, family = hardware.efficiency.curves, default_curves(hardware)
    if own is None:
        return family
    return replace(own, classes={**family.classes, **own.classes})


def default_curves(hardware: Hardware) -> Curves:
    """The family's shapes at the level of the part's own two fractions, and as uncertain."""
    efficiency = hardware.efficiency
    compute, bandwidth = efficiency.compute_fraction, efficiency.bandwidth_fraction
    shapes = CPU_SHAPES if hardware.is_cpu else GPU_SHAPES
    classes = {
        name: Curve(
            shape.compute * compute.expected,
            shape.bandwidth * bandwidth.expected,
            shape.fixed_us,
            shape.half_m,
            shape.half_n,
            shape.half_k,
            _slower(compute if KERNELS.index(name) <= ATTENTION else bandwidth),
        )
        for name, shape in shapes.items()
    }
    if hardware.is_cpu:
        return Curves(efficiency.source, classes, 0.0, CPU_OVERLAP, CPU_CACHE_SPEED)
    stacked = hardware.memory.bandwidth_gb_per_s >= STACKED_GB_PER_S
    overlap = STACKED_OVERLAP if stacked else GPU_OVERLAP
    cache_speed = STACKED_CACHE_SPEED if stacked else GPU_CACHE_SPEED
    return Curves(efficiency.source, classes, GPU_TILE_LOSS, overlap, cache_speed)


def _slower(fraction: Quantity) -> Quantity:
    """An interval of a share of the peak as one of time."""
    return Quantity(1.0, fraction.expected / fraction.high, fraction.expected / fraction.low)
