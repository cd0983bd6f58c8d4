"""A batch of setups as arrays: what each knob means for each class of operators.

This is the one place where a number format becomes bytes, passes over memory and kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import Hardware
from advisor.projection.convolution_layout import blocked_copies, layout_passes
from advisor.projection.curves import FORMATS
from advisor.projection.kept import kept_with
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
from advisor.projection.slices import part_of

HALF_BYTES = 2.0
_PEAK_DTYPES = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "float64": "fp32"}

# What eager torchao 0.18 adds to a linear layer, counted with a TorchDispatchMode (version 2 of
# Int8WeightOnlyConfig and Int8DynamicActivationInt8WeightConfig, per-row granularity).
# Weight-only: a cast of the weight, a product with its scale, an addition of the bias.
# Dynamic: the extremes of each row, a scale from them, quantization, and scaling the product back.
WEIGHT_ONLY_KERNELS, DYNAMIC_KERNELS = 3.0, 29.0
# The same of version 2 of Float8DynamicActivationFloat8WeightConfig, per-row granularity, over a
# 16-bit input: magnitudes, their maximum, two kernels for the scale, a cast to 32 bits, a
# division, a clamp, a cast to 8 bits. The product takes the scales and the bias itself.
FP8_KERNELS, FP8_INPUT_PASSES = 8.0, 16.5
STORED_WEIGHT_BYTES = {"int8": 1.0, "fp8": 1.0, "int4": 0.5}
GROUP_BYTES = 4.0
"""A group of 4-bit weights, or of quantized keys or values, has a scale and a zero of 2 bytes."""
SPARSE_RATE = 1.7
"""Times the dense rate that kernels over two of four weights reach; the units' own is 2.0. Measured
by torchao (sparsity read-me, 2025-01)."""
SPARSE_INDEX_BYTES = 0.125
"""For each weight, kept or not: two bits say where one of the two that are kept stood."""
SPARSE_COLUMNS, SPARSE_ROWS = 64.0, 32.0
"""A weight of 16 bits is stored so where its sizes are multiples of these (PyTorch's CUTLASS
kernels; those of cuSPARSELt ask for less)."""
PROCESSOR_INT4_OUTPUTS = 16.0
"""A processor's packed product takes them together, and scales in the computing format."""
ROW_ZERO_BYTES = {"int8": 1.0, "fp8": 0.0}
"""Beside the scale of a row, in the computing format."""
CACHE_GROUP = 64
"""Keys or values that share a scale (transformers' QuantizedCacheConfig, `q_group_size`)."""
CACHE_ITEM_BYTES = {
    "fp8": 1.0, "int8": 1.0 + GROUP_BYTES / CACHE_GROUP, "int4": 0.5 + GROUP_BYTES / CACHE_GROUP,
}  # fmt: skip
"""8-bit floats have one scale a tensor, as serving engines hold them."""
# What a fused kernel spends on each weight it reads, in operations of 32 bits, once a tile of
# rows. A conversion from 8-bit integers runs at a quarter of the rate of multiply-adds (CUDA
# programming guide, throughput of native arithmetic instructions), and takes a scaling: 8 + 2.
# 4 bits are masked, set into a float, corrected and scaled: four instructions, each in the time of
# a multiply-add. A processor's vector units convert at their full rate.
DEQUANTIZATION_FLOPS = {"int8": 10.0, "int4": 8.0}
PROCESSOR_DEQUANTIZATION_FLOPS = 4.0
# The full-size reads and writes among them, in passes over the layer's input and output: an
# element-wise kernel makes two, a reduction one.
WEIGHT_ONLY_OUTPUT_PASSES = 4.0
DYNAMIC_INPUT_PASSES, DYNAMIC_OUTPUT_PASSES = 12.0, 10.0
# A processor without AMX multiplies unsigned by signed integers: the input is made unsigned (to 32
# bits, an addition, to 8 bits), and what that added is taken off again by the sums of the weight.
PROCESSOR_DYNAMIC_INPUT_PASSES = 16.0
# torchao sums the weight in 32 bits: it is read, written out in 4 bytes and read again.
PROCESSOR_SUM_BYTES = 4.0
PROCESSOR_SUM_PASSES = 1.0 + 2 * PROCESSOR_SUM_BYTES
PROCESSOR_INT8_INPUTS = 2.0
"""The input in signed and in unsigned bytes."""


@dataclass(frozen=True)
class SetupColumns:
    """Arrays of shape (setups, classes) unless said otherwise; see `operators` for the classes.

    `*_ratio` scale a row's bytes in the profile's format to the format of the setup.
    `extra_*_ratio` are further passes over memory (casts, quantization), in the same measure.
    Where `autocast` is set, the operators' own widths say more than the ratios of their class.
    `peak_flops` is of one whole accelerator.
    """

    weight_ratio: Floats
    """Of the weights as they are kept."""
    read_weight_ratio: Floats
    """Of the weights as the kernel reads them: those that a pass before it wrote out, if any."""
    input_ratio: Floats
    output_ratio: Floats
    extra_weight_ratio: Floats
    extra_input_ratio: Floats
    extra_output_ratio: Floats
    extra_kernels: Floats
    peak_flops: Floats
    dequantization_flops: Floats
    """Of each weight that a kernel reads and converts as it computes."""
    formats: NDArray[np.intp]
    """Indices into `curves.FORMATS`, -1 where operators keep the format that they came in."""
    compiled: Flags
    """Streaming operators are fused. Shape (setups,), as all that follow."""
    autocast: Flags
    captured: Flags
    """The host launches one recorded graph."""
    layout_passes: Floats
    """Passes over its input and output that a convolution takes to change their layout."""
    grouped_layout_passes: Floats
    """The same of a convolution in groups."""
    channels_kept: Floats
    heads_kept: Floats
    slices: Floats
    """Replicas that a GPU is divided among; 1 for the whole GPU."""
    compute_share: Floats
    memory_share: Floats
    """Of a GPU's bandwidth and its last cache that a replica has to itself."""
    capacity_share: Floats
    """Of the bytes of its memory."""
    turns: Floats
    """Processes that a GPU serves one after the other, of which the replica is one."""
    data_parallel: Floats
    sharding_stage: Floats
    state_ratio: Floats
    """Bytes of a parameter held for training against the profile's format."""
    key_value_item_bytes: Floats
    """Of keys and values as they are computed, and of the hidden state."""
    cache_item_bytes: Floats
    """Of keys and values as the cache holds them."""
    request_batch: Floats
    """NaN where requests are run as the workload sends them."""
    demand_share: Floats
    """Of the requests, those that reach the model."""
    kept_casts: Floats
    """Bytes of the copies of weights that autocast keeps to the end of a pass, a byte of weight."""
    linear_weight_copies: Floats
    """Bytes that a linear layer writes its weight out in while it runs, a byte of it in the
    profile's format."""
    linear_input_copies: Floats
    """The same of its input, beside the input itself."""
    linear_output_copies: Floats
    """Of its output, beside the output itself, once the copy of its weight is gone."""
    convolution_output_copies: Floats
    """Of what a convolution makes, in the format that it has."""
    convolution_weight_copies: Floats
    scale_bytes: Floats
    """Beside each row of a quantized weight."""
    weight_group: Floats
    """A layer is quantized where its width is a multiple of this, 1 for any."""
    outputs_at_a_time: Floats
    """The same of its outputs."""

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
        self.item_bytes = self.native_bytes = float(ITEM_BYTES.get(native_dtype, 4))
        self.hardware = hardware
        self.weight, self.input, self.output = (np.ones(CLASSES) for _ in range(3))
        self.extra_weight, self.extra_input, self.extra_output, self.kernels = (
            np.zeros(CLASSES) for _ in range(4)
        )
        self.written: Floats | None = None
        self.formats = np.full(CLASSES, -1, dtype=np.intp)
        self.dequantization = np.zeros(CLASSES)
        self.scale_bytes, self.group, self.outputs_at_a_time = 0.0, 1.0, 1.0
        self.kept_casts = self.weight_copies = self.input_copies = self.output_copies = 0.0
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
        self.formats[:] = FORMATS.index(float_format)
        self.item_bytes = HALF_BYTES

    def autocast(self, dtype: str) -> None:
        """Matrix products run in `dtype`; their weights are cast on the way at every call."""
        if self.item_bytes <= HALF_BYTES:
            return
        half = HALF_BYTES / self.item_bytes
        casting = [LINEAR, CONVOLUTION]
        self.extra_weight[casting] += 2 * half  # the copy is written, then read by the kernel
        self.kernels[casting] += 1
        self.kept_casts = half  # autocast keeps them, for a weight that is used twice
        for kind in (LINEAR, CONVOLUTION, PRODUCT, STREAMING):
            self.input[kind] *= half
            self.output[kind] *= half
        self.input[NORMALISING] *= half
        self.peak[[LINEAR, CONVOLUTION, PRODUCT]] = peak_flops(self.hardware, dtype)
        self.formats[[LINEAR, CONVOLUTION, PRODUCT]] = FORMATS.index(dtype)

    def quantize(self, setup: Setup) -> None:
        if setup.weight_format == "native":
            return
        eager = setup.execution == "eager"
        native_weight = self.weight[LINEAR]
        self.weight[LINEAR] = (
            native_weight / self.item_bytes * STORED_WEIGHT_BYTES[setup.weight_format]
        )
        if setup.weight_format == "int4":
            scale_and_zero = 2 * self.item_bytes if self.hardware.is_cpu else GROUP_BYTES
            self.weight[LINEAR] += (
                native_weight / self.item_bytes * scale_and_zero / setup.weight_group
            )
            self.group = float(setup.weight_group)
            if self.hardware.is_cpu:
                self.outputs_at_a_time = PROCESSOR_INT4_OUTPUTS
                if self.item_bytes > HALF_BYTES:
                    self.formats[LINEAR] = FORMATS.index("fp32-int4")
        else:
            self.scale_bytes = self.item_bytes + ROW_ZERO_BYTES[setup.weight_format]
        if setup.linear_activation_format != "native":
            self._quantize_inputs(setup.linear_activation_format, eager=eager)
        elif eager and setup.weight_format == "int8":
            # Not fused, a cast writes the weight in the computing format and the kernel reads that.
            self.weight_copies = native_weight
            # Curves of accelerators were fitted with both as passes beside the kernel.
            if self.hardware.is_cpu:
                self.written = self.weight.copy()
                self.written[LINEAR] = native_weight
                self.extra_weight[LINEAR] += self.weight[LINEAR] + native_weight
            else:
                self.extra_weight[LINEAR] += 2 * native_weight
            self.extra_output[LINEAR] += WEIGHT_ONLY_OUTPUT_PASSES * self.output[LINEAR]
            self.kernels[LINEAR] += WEIGHT_ONLY_KERNELS
        else:
            self.dequantization[LINEAR] = (
                PROCESSOR_DEQUANTIZATION_FLOPS
                if self.hardware.is_cpu
                else DEQUANTIZATION_FLOPS[setup.weight_format]
            )

    def _quantize_inputs(self, to: str, *, eager: bool) -> None:
        self.peak[LINEAR] = self.hardware.compute.peak_flops(to) or self.peak[LINEAR]
        self.formats[LINEAR] = FORMATS.index("int8" if to == "int8" else "other")
        if not eager:
            # Fused, one kernel reads the row for its scale and again to quantize it.
            self.extra_input[LINEAR] += 2 * self.input[LINEAR]
            self.kernels[LINEAR] += 1
        elif to == "fp8":
            self.extra_input[LINEAR] += FP8_INPUT_PASSES * self.input[LINEAR]
            self.kernels[LINEAR] += FP8_KERNELS
        else:
            passes = DYNAMIC_INPUT_PASSES
            if self.hardware.is_cpu:
                passes = PROCESSOR_DYNAMIC_INPUT_PASSES
                self.weight_copies = PROCESSOR_SUM_BYTES / self.native_bytes
                self.input_copies = PROCESSOR_INT8_INPUTS / self.native_bytes
                # Sums of integers, 32 bits each, and their floats are there as those are scaled.
                self.output_copies = (PROCESSOR_SUM_BYTES + self.item_bytes) / self.native_bytes
                self.extra_weight[LINEAR] += PROCESSOR_SUM_PASSES * self.weight[LINEAR]
            self.extra_input[LINEAR] += passes * self.input[LINEAR]
            self.extra_output[LINEAR] += DYNAMIC_OUTPUT_PASSES * self.output[LINEAR]
            self.kernels[LINEAR] += DYNAMIC_KERNELS

    def skip_zeros(self, setup: Setup) -> None:
        """Two of four weights are stored and multiplied, where products are of 16 or fewer bits."""
        few_bits = self.item_bytes <= HALF_BYTES or setup.linear_activation_format != "native"
        if not (self.hardware.compute.sparsity_2_4 and few_bits):
            return
        self.weight[LINEAR] = self.weight[LINEAR] / 2 + SPARSE_INDEX_BYTES / self.native_bytes
        self.dequantization[LINEAR] /= 2
        self.peak[LINEAR] *= SPARSE_RATE
        self.group = max(self.group, SPARSE_COLUMNS)
        self.outputs_at_a_time = SPARSE_ROWS

    def round_products(self) -> None:
        """Products of 32-bit floats run at the TF32 rate; what they read stays in 32 bits."""
        if self.item_bytes == ITEM_BYTES["float32"]:
            self.peak[[LINEAR, PRODUCT]] = peak_flops(self.hardware, "tf32")

    def compile(self) -> None:
        """Casts become part of the kernels around them."""
        self.kernels[:] = np.minimum(self.kernels, 1.0)


def _row(setup: Setup, native_dtype: str, hardware: Hardware) -> _Row:
    row = _Row(native_dtype, hardware)
    if setup.products == "tf32":
        row.round_products()
    if setup.float_format != "native":
        row.cast_to(setup.float_format)
    if setup.autocast is not None:
        row.autocast(setup.autocast)
    row.quantize(setup)
    if setup.two_of_four:
        row.skip_zeros(setup)
    if setup.execution != "eager":
        row.compile()
    return row


@kept_with
def _known_rows(hardware: Hardware) -> dict[tuple[object, ...], _Row]:
    """Rows by the knobs that they depend on, kept as long as `hardware` is."""
    del hardware
    return {}


def setup_columns(setups: Sequence[Setup], native_dtype: str, hardware: Hardware) -> SetupColumns:
    """Arrays for `setups` of a model whose parameters are of `native_dtype`."""
    numeric = _known_rows(hardware)
    rows = []
    for setup in setups:
        key = (
            native_dtype, setup.float_format, setup.autocast, setup.weight_format,
            setup.linear_activation_format, setup.execution, setup.products, setup.weight_group,
            setup.two_of_four,
        )  # fmt: skip
        if key not in numeric:
            numeric[key] = _row(setup, native_dtype, hardware)
        rows.append(numeric[key])
    parts = [part_of(setup, hardware) for setup in setups]
    layout = [layout_passes(setup, native_dtype, hardware) for setup in setups]
    blocked = [blocked_copies(setup, hardware) for setup in setups]
    native_item = float(ITEM_BYTES.get(native_dtype, 4))
    cast = np.array([setup.float_format != "native" for setup in setups])
    autocast = np.array([setup.autocast is not None for setup in setups])
    item = np.where(cast, HALF_BYTES, native_item)
    computed = np.where(autocast, np.minimum(item, HALF_BYTES), item)
    return SetupColumns(
        weight_ratio=np.array([row.weight for row in rows]),
        read_weight_ratio=np.array(
            [row.weight if row.written is None else row.written for row in rows]
        ),
        input_ratio=np.array([row.input for row in rows]),
        output_ratio=np.array([row.output for row in rows]),
        extra_weight_ratio=np.array([row.extra_weight for row in rows]),
        extra_input_ratio=np.array([row.extra_input for row in rows]),
        extra_output_ratio=np.array([row.extra_output for row in rows]),
        extra_kernels=np.array([row.kernels for row in rows]),
        peak_flops=np.array([row.peak for row in rows]),
        dequantization_flops=np.array([row.dequantization for row in rows]),
        formats=np.array([row.formats for row in rows]),
        compiled=np.array([setup.execution != "eager" for setup in setups]),
        autocast=autocast & (item > HALF_BYTES),
        captured=np.array([setup.execution == "captured" for setup in setups]),
        layout_passes=np.array([dense for dense, _ in layout]),
        grouped_layout_passes=np.array([grouped for _, grouped in layout]),
        channels_kept=1.0 - np.array([setup.channels_removed for setup in setups]),
        heads_kept=1.0 - np.array([setup.heads_removed for setup in setups]),
        slices=np.array([each.slices for each in parts]),
        compute_share=np.array([each.compute for each in parts]),
        memory_share=np.array([each.memory for each in parts]),
        capacity_share=np.array([each.capacity for each in parts]),
        turns=np.array([each.turns for each in parts]),
        data_parallel=np.array([float(setup.data_parallel) for setup in setups]),
        sharding_stage=np.array([float(setup.sharding_stage) for setup in setups]),
        state_ratio=item / native_item,
        key_value_item_bytes=computed,
        cache_item_bytes=np.array(
            [
                CACHE_ITEM_BYTES.get(setup.key_value_format, own)
                for setup, own in zip(setups, computed, strict=True)
            ]
        ),
        request_batch=np.array([setup.request_batch or np.nan for setup in setups], dtype=float),
        demand_share=np.ones(len(setups)),
        kept_casts=np.array([row.kept_casts for row in rows]),
        linear_weight_copies=np.array([row.weight_copies for row in rows]),
        linear_input_copies=np.array([row.input_copies for row in rows]),
        linear_output_copies=np.array([row.output_copies for row in rows]),
        convolution_output_copies=np.array([output for output, _ in blocked]),
        scale_bytes=np.array([row.scale_bytes for row in rows]),
        weight_group=np.array([row.group for row in rows]),
        outputs_at_a_time=np.array([row.outputs_at_a_time for row in rows]),
        convolution_weight_copies=np.array([weight for _, weight in blocked]),
    )
