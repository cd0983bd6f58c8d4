"""A batch of setups as arrays: what each knob means for each class of operators.

This is the one place where a number format becomes bytes, passes over memory and kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.projection.operators import (
    CLASSES,
    CONVOLUTION,
    ITEM_BYTES,
    LINEAR,
    NORMALISING,
    PRODUCT,
    STREAMING,
    Flags,
    Floats,
)
from advisor.projection.setup import Setup

HALF_BYTES = 2.0
_PEAK_DTYPES = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "float64": "fp32"}

# What eager torchao 0.18 adds to a linear layer, counted with a TorchDispatchMode (version 2 of
# Int8WeightOnlyConfig and Int8DynamicActivationInt8WeightConfig, per-row granularity).
# Weight-only: a cast of the weight, a product with its scale, an addition of the bias.
# Dynamic: the extremes of each row, a scale from them, quantization, and scaling the product back.
WEIGHT_ONLY_KERNELS, DYNAMIC_KERNELS = 3.0, 29.0
# The full-size reads and writes among them, in passes over the layer's input and output: an
# element-wise kernel makes two, a reduction one.
WEIGHT_ONLY_OUTPUT_PASSES = 4.0
DYNAMIC_INPUT_PASSES, DYNAMIC_OUTPUT_PASSES = 12.0, 10.0


@dataclass(frozen=True)
class SetupColumns:
    """Arrays of shape (setups, classes) unless said otherwise; see `operators` for the classes.

    `*_ratio` scale a row's bytes in the profile's format to the format of the setup.
    `extra_*_ratio` are further passes over memory (casts, quantization), in the same measure;
    `cast_input_ratio` only concerns rows whose inputs come from 32-bit operators. `peak_flops` is
    of one whole accelerator.
    """

    weight_ratio: Floats
    input_ratio: Floats
    output_ratio: Floats
    extra_weight_ratio: Floats
    extra_input_ratio: Floats
    extra_output_ratio: Floats
    cast_input_ratio: Floats
    extra_kernels: Floats
    peak_flops: Floats
    compiled: Flags
    """Shape (setups,), as all that follow."""
    channels_kept: Floats
    slices: Floats
    data_parallel: Floats
    sharding_stage: Floats
    state_ratio: Floats
    """Bytes of a parameter held for training against the profile's format."""
    key_value_item_bytes: Floats

    def repeated(self, times: int) -> SetupColumns:
        """Each setup `times` times over, next to each other."""
        return SetupColumns(
            **{
                each.name: np.repeat(getattr(self, each.name), times, axis=0)
                for each in fields(self)
            }
        )


def peak_flops(hardware: Hardware, dtype: str) -> float:
    """The dense peak for `dtype`; what a part has no units for runs at its 32-bit rate."""
    return hardware.compute.peak_flops(dtype) or hardware.compute.fp32_tflops * 1e12


class _Row:
    """The (classes,) arrays of one setup, filled knob by knob."""

    def __init__(self, native_dtype: str, hardware: Hardware) -> None:
        self.item_bytes = float(ITEM_BYTES.get(native_dtype, 4))
        self.hardware = hardware
        self.weight, self.input, self.output = (np.ones(CLASSES) for _ in range(3))
        self.extra_weight, self.extra_input, self.extra_output, self.cast_input, self.kernels = (
            np.zeros(CLASSES) for _ in range(5)
        )
        dtype = _PEAK_DTYPES.get(native_dtype, "fp32")
        self.peak = np.full(CLASSES, peak_flops(hardware, dtype))
        if dtype == "fp32":
            # torch.backends.cudnn.allow_tf32 is on by default, its matmul counterpart is off.
            self.peak[CONVOLUTION] = peak_flops(hardware, "tf32")

    def cast_to(self, float_format: str) -> None:
        half = HALF_BYTES / self.item_bytes
        self.weight, self.input, self.output = (
            ratio * half for ratio in (self.weight, self.input, self.output)
        )
        self.peak[:] = peak_flops(self.hardware, float_format)
        self.item_bytes = HALF_BYTES

    def autocast(self, dtype: str) -> None:
        """Matrix products run in `dtype`; their weights are cast on the way at every call."""
        if self.item_bytes <= HALF_BYTES:
            return
        half = HALF_BYTES / self.item_bytes
        casting = [LINEAR, CONVOLUTION]
        self.extra_weight[casting] += 2 * half  # the copy is written, then read by the kernel
        self.kernels[casting] += 1
        self.cast_input[casting] = 1 + half
        for kind in (LINEAR, CONVOLUTION, PRODUCT, STREAMING):
            self.input[kind] *= half
            self.output[kind] *= half
        self.input[NORMALISING] *= half
        self.peak[[LINEAR, CONVOLUTION, PRODUCT]] = peak_flops(self.hardware, dtype)

    def quantize(self, setup: Setup) -> None:
        if setup.weight_format == "native":
            return
        eager = setup.execution == "eager"
        native_weight = self.weight[LINEAR]
        self.weight[LINEAR] = native_weight / self.item_bytes
        if setup.linear_activation_format == "int8":
            self.peak[LINEAR] = self.hardware.compute.peak_flops("int8") or self.peak[LINEAR]
            if eager:
                self.extra_input[LINEAR] += DYNAMIC_INPUT_PASSES * self.input[LINEAR]
                self.extra_output[LINEAR] += DYNAMIC_OUTPUT_PASSES * self.output[LINEAR]
                self.kernels[LINEAR] += DYNAMIC_KERNELS
            else:
                # Fused, one kernel reads the row for its scale and again to quantize it.
                self.extra_input[LINEAR] += 2 * self.input[LINEAR]
                self.kernels[LINEAR] += 1
        elif eager:
            # Not fused, the weight is written out in the computing format and read back.
            self.extra_weight[LINEAR] += 2 * native_weight
            self.extra_output[LINEAR] += WEIGHT_ONLY_OUTPUT_PASSES * self.output[LINEAR]
            self.kernels[LINEAR] += WEIGHT_ONLY_KERNELS

    def compile(self) -> None:
        """Casts of activations become part of the kernels around them."""
        self.cast_input[:] = 0.0
        self.kernels[:] = np.minimum(self.kernels, 1.0)


def _row(setup: Setup, native_dtype: str, hardware: Hardware) -> _Row:
    row = _Row(native_dtype, hardware)
    if setup.float_format != "native":
        row.cast_to(setup.float_format)
    if setup.autocast is not None:
        row.autocast(setup.autocast)
    row.quantize(setup)
    if setup.execution == "compiled":
        row.compile()
    return row


def setup_columns(setups: Sequence[Setup], native_dtype: str, hardware: Hardware) -> SetupColumns:
    """Arrays for `setups` of a model whose parameters are of `native_dtype`."""
    numeric: dict[tuple[object, ...], _Row] = {}
    rows = []
    for setup in setups:
        key = (
            setup.float_format, setup.autocast, setup.weight_format,
            setup.linear_activation_format, setup.execution,
        )  # fmt: skip
        if key not in numeric:
            numeric[key] = _row(setup, native_dtype, hardware)
        rows.append(numeric[key])
    native_item = float(ITEM_BYTES.get(native_dtype, 4))
    cast = np.array([setup.float_format != "native" for setup in setups])
    autocast = np.array([setup.autocast is not None for setup in setups])
    item = np.where(cast, HALF_BYTES, native_item)
    return SetupColumns(
        weight_ratio=np.array([row.weight for row in rows]),
        input_ratio=np.array([row.input for row in rows]),
        output_ratio=np.array([row.output for row in rows]),
        extra_weight_ratio=np.array([row.extra_weight for row in rows]),
        extra_input_ratio=np.array([row.extra_input for row in rows]),
        extra_output_ratio=np.array([row.extra_output for row in rows]),
        cast_input_ratio=np.array([row.cast_input for row in rows]),
        extra_kernels=np.array([row.kernels for row in rows]),
        peak_flops=np.array([row.peak for row in rows]),
        compiled=np.array([setup.execution == "compiled" for setup in setups]),
        channels_kept=1.0 - np.array([setup.channels_removed for setup in setups]),
        slices=np.array([float(setup.accelerator_slices) for setup in setups]),
        data_parallel=np.array([float(setup.data_parallel) for setup in setups]),
        sharding_stage=np.array([float(setup.sharding_stage) for setup in setups]),
        state_ratio=item / native_item,
        key_value_item_bytes=np.where(autocast, np.minimum(item, HALF_BYTES), item),
    )
