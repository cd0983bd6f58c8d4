"""A hardware profile of this very box, from the times of its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from advisor.catalog import load
from advisor.catalog.hardware import (
    Calibration,
    Compute,
    Efficiency,
    Hardware,
    Link,
    Memory,
)
from advisor.catalog.quantity import Quantity, Source
from advisor.measurement.calibration.box import Box
from advisor.measurement.calibration.caches import last_cache_mib, refilled_bytes
from advisor.measurement.calibration.fit import fit_box
from advisor.projection.fitting import fit, left_out
from advisor.projection.points import TimedPoint
from advisor.telemetry.machine import Machine, matching_hardware

UNLISTED = "this-box"
"""The id of a box whose accelerator no profile describes."""
_PEAKS = {"float32": "fp32_tflops", "bfloat16": "bf16_tflops", "float16": "fp16_tflops"}
_ANY_SHARE = Quantity(1.0, 0.5, 1.0)
_ANY_HOST_US = Quantity(5.0, 2.0, 10.0)


def boxed_hardware(
    points: Sequence[TimedPoint],
    box: Box,
    here: Machine,
    host_copy_bytes_per_s: float | None,
    taken_at: str,
) -> Hardware:
    """The part that this box is, its peaks, bandwidth and efficiency replaced by its own."""
    source = Source(_words(box), taken_at[:10], "high", f"{len(points)} timed modules")
    matching = matching_hardware(here, load.hardware())
    known = None if matching is None else load.hardware()[matching]
    base = known or _unlisted(points, box, here, source)
    compute = _compute(points, base.compute, source)
    memory = _memory(points, base.memory, here, source)
    link = base.link
    if host_copy_bytes_per_s is not None:
        nvlink = 0.0 if link is None else link.nvlink_gb_per_s
        link = Link(source, nvlink, host_copy_bytes_per_s / 1e9)
    raw = replace(base, name=box.device, compute=compute, memory=memory, link=link)
    if raw.is_cpu:
        efficiency, ratios = fit_box(points, raw, source, refilled_bytes())
    else:
        # Kernels of an accelerator are alike within a class, and run while the host launches.
        efficiency, ratios = fit(points, raw, source), left_out(points, raw)
    return replace(
        raw,
        efficiency=efficiency,
        calibration=Calibration(
            box.device, box.driver, box.torch, box.threads, taken_at, len(points),
            float(np.median(np.abs(np.expm1(-ratios)))),
        ),
    )  # fmt: skip


def _words(box: Box) -> str:
    driver = "" if box.driver == "none" else f", driver {box.driver}"
    return f"calibration of {box.device}, torch {box.torch}{driver}, {box.threads} threads"


def _compute(points: Sequence[TimedPoint], base: Compute, source: Source) -> Compute:
    """What the best of the products of each number format reached.

    A product of integers is none of 32-bit floats. Nor is an accelerator's convolution of them,
    which PyTorch rounds to TF32 (`torch.backends.cudnn.allow_tf32`), as it rounds no product.
    """
    reached: dict[str, float] = {}
    for point in _in_their_format(points):
        kinds = {each.kind for each in point.operators}
        if base.tf32_tflops is not None and "conv" in kinds and _is_float32(point):
            continue
        flops = sum(2 * each.multiply_adds * each.repeats for each in point.operators)
        name = _PEAKS.get(point.dtype)
        if name is not None and flops:
            reached[name] = max(reached.get(name, 0.0), flops / point.seconds / 1e12)
    return replace(
        base,
        source=source,
        fp32_tflops=reached.get("fp32_tflops", base.fp32_tflops),
        bf16_tflops=reached.get("bf16_tflops", base.bf16_tflops),
        fp16_tflops=reached.get("fp16_tflops", base.fp16_tflops),
    )


def _in_their_format(points: Sequence[TimedPoint]) -> list[TimedPoint]:
    """Those whose weights lie, and are computed with, in the format that their operators state."""
    return [each for each in points if each.setup.weight_format == "native"]


def _is_float32(point: TimedPoint) -> bool:
    return point.dtype == "float32"


def _memory(points: Sequence[TimedPoint], base: Memory, here: Machine, source: Source) -> Memory:
    """Bandwidth of the best point that no cache holds, and what the system says of the rest.

    It holds neither an operator's own traffic beyond its size, nor as many bytes of weights that
    are read one after the other.
    """
    cache_mib = last_cache_mib() if not here.devices else base.cache_mib
    beyond = (cache_mib or 0.0) * 2**20
    rates = [
        moved / point.seconds / 1e9
        for point in _in_their_format(points)
        if (moved := sum(each.total_bytes * each.repeats for each in point.operators)) > 2 * beyond
        and max(
            each.total_bytes * each.repeats if each.weight_bytes else each.total_bytes
            for each in point.operators
        )
        > 1.5 * beyond
    ]
    capacity_gib = base.capacity_gib if here.devices else here.memory_bytes / 2**30
    bandwidth = max(rates, default=base.bandwidth_gb_per_s)
    return Memory(source, capacity_gib, bandwidth, cache_mib)


def _unlisted(points: Sequence[TimedPoint], box: Box, here: Machine, source: Source) -> Hardware:
    """A part that the catalogue lacks: all that is known of it is what was measured."""
    device = here.devices[0] if here.devices else None
    memory_bytes = (device.memory_bytes if device else here.memory_bytes) or here.memory_bytes
    return Hardware(
        id=UNLISTED,
        name=box.device,
        vendor="nvidia" if device else "cpu",
        architecture="unknown",
        compute=_compute(points, Compute(source, 1e-3), source),
        memory=Memory(source, memory_bytes / 2**30, 1.0),
        efficiency=Efficiency(source, _ANY_SHARE, _ANY_SHARE, _ANY_HOST_US, _ANY_HOST_US),
        compute_capability=device.compute_capability if device else None,
    )
