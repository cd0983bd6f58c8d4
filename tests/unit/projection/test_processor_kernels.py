"""What a processor's kernels cost beside their arithmetic: layouts, formats, passes around them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.catalog import load
from advisor.catalog.hardware import Calibration, Hardware
from advisor.profiling.profile import Operator
from advisor.projection.curves import curves_of
from advisor.projection.serving_engine import engine_columns
from advisor.projection.setup import Setup
from tests.support.timed_points import seconds_of, with_class, with_curves

FIRST, LAST = Setup(), Setup(channels_last=True)
CALIBRATED = Calibration("a processor", "none", "2.13", 2, "2026-11-27T00:00:00", 1, 0.1)


@pytest.fixture
def processor() -> Hardware:
    return load.hardware()["cpu-2vcpu"]


def linear(m: int, width: int) -> Operator:
    return Operator(
        "layer", "linear", "matmul", "float32", m * width * width, 4 * width * width,
        4 * m * width, 4 * m * width, m=m, n=width, k=width,
    )  # fmt: skip


def convolution(groups: int) -> Operator:
    moved = 4 * 64 * 28 * 28
    return Operator(
        "layer", "conv2d", "conv", "float32", 9 * 64 * 64 // groups * 784,
        4 * 9 * 64 * 64 // groups, moved, moved,
        m=784, n=64 // groups, k=9 * 64 // groups, batch=groups,
    )  # fmt: skip


def seconds(operator: Operator, hardware: Hardware, setup: Setup) -> float:
    return seconds_of(hardware, operator, setup=setup)


@pytest.mark.parametrize("groups", [1, 8, 64])
def test_channels_last_saves_the_copies_into_blocks(groups: int, processor: Hardware) -> None:
    one = convolution(groups)
    assert seconds(one, processor, LAST) < seconds(one, processor, FIRST)


def test_a_compiler_lays_the_graph_out_itself(processor: Hardware) -> None:
    compiled = Setup(execution="compiled")
    one = convolution(1)
    both = replace(compiled, channels_last=True)
    assert seconds(one, processor, compiled) == seconds(one, processor, both)


def test_an_accelerator_copies_nothing_for_convolutions_in_groups() -> None:
    card = load.hardware()["h100-sxm"]
    assert seconds(convolution(8), card, LAST) == seconds(convolution(8), card, FIRST)


def test_four_bits_under_floats_of_32_are_a_kernel_of_their_own(processor: Hardware) -> None:
    slow = with_class(processor, "matmul/fp32-int4", compute=0.01)
    few = Setup(weight_format="int4")
    half = replace(few, float_format="bf16")
    one = linear(8, 1024)
    assert seconds(one, slow, few) > 20 * seconds(one, slow, FIRST)
    assert seconds(one, slow, half) == seconds(one, processor, half)


def test_a_weight_that_was_just_written_is_read_from_the_cache(processor: Hardware) -> None:
    """Twenty layers hold more than the cache does; what a cast writes of one of them fits."""
    assert processor.memory.cache_mib is not None
    one = replace(linear(1, 768), repeats=20)
    whole = replace(processor.memory, cache_mib=16.0)
    none = replace(processor.memory, cache_mib=None)
    few = Setup(weight_format="int8")
    cached, beyond = (
        seconds(one, replace(processor, memory=memory), few) for memory in (whole, none)
    )
    plain = seconds(one, replace(processor, memory=whole), FIRST)
    assert plain == pytest.approx(seconds(one, replace(processor, memory=none), FIRST), rel=0.1)
    assert cached < 0.7 * beyond


def test_kernels_around_an_operator_are_in_what_a_calibrated_processor_timed(
    processor: Hardware,
) -> None:
    dynamic = Setup(weight_format="int8", linear_activation_format="int8")
    one = linear(1, 64)
    here = replace(processor, calibration=CALIBRATED)
    host_s = processor.efficiency.dispatch_us.expected * 1e-6
    kernels = (seconds(one, processor, dynamic) - seconds(one, here, dynamic)) / host_s
    assert kernels == pytest.approx(29.0)
    assert seconds(one, processor, FIRST) == seconds(one, here, FIRST)


def test_pooling_works_through_its_windows(processor: Hardware) -> None:
    """Nine of each output's neighbours are compared, wherever the windows overlap or not."""
    here = with_class(processor, "norm", byte_ns=1.0)
    size = 10**6
    close = pooling(size, size, 9 * size)
    apart = pooling(size, size // 4, 9 * size // 4)
    assert seconds(close, here, FIRST) == pytest.approx(4 * seconds(apart, here, FIRST), rel=0.1)
    copied = replace(close, other_flops=None)
    assert seconds(close, here, FIRST) > 4 * seconds(copied, here, FIRST)


def pooling(before: int, after: int, compared: int) -> Operator:
    return Operator(
        "", "max_pool2d", "reduction", "float32", 0, 0, 4 * before, 4 * after, other_flops=compared
    )


def test_modules_cost_the_host_as_several_operators(processor: Hardware) -> None:
    efficiency = replace(processor.efficiency, module_dispatches=4.0)
    here = replace(processor, efficiency=efficiency)
    layers = tuple(replace(linear(1, 64), module=f"model.layers.{each}.up") for each in range(3))
    # "", "model", and a block and its product three times; a list of modules is not called.
    modules = 2 + 2 * len(layers)
    longer_s = seconds_of(here, *layers) - seconds_of(processor, *layers)
    each_s = processor.efficiency.dispatch_us.expected * 1e-6
    assert longer_s == pytest.approx(4.0 * modules * each_s)
    once = (replace(layers[0], repeats=3), linear(2, 64))
    assert seconds_of(here, *once) - seconds_of(processor, *once) == pytest.approx(
        4.0 * (1 + 3 * 3 + 1) * each_s
    )
    compiled = Setup(execution="compiled")
    assert seconds(layers[0], here, compiled) == seconds(layers[0], processor, compiled)


def test_an_attention_costs_the_host_as_several_operators(processor: Hardware) -> None:
    here = replace(processor, efficiency=replace(processor.efficiency, attention_dispatches=20.0))
    each_s = processor.efficiency.dispatch_us.expected * 1e-6
    fused = Operator(
        "", "scaled_dot_product_attention", "attention", "float32", 64, 0, 192, 64, 2, 2, 8,
        repeats=3,
    )  # fmt: skip
    scores = Operator("", "matmul", "matmul", "float32", 64, 0, 192, 64, 2, 2, 8)
    for rows, attentions in (((fused,), 3), ((scores, scores), 1), ((linear(1, 64),), 0)):
        longer_s = seconds_of(here, *rows) - seconds_of(processor, *rows)
        assert longer_s == pytest.approx(20.0 * attentions * each_s)
    compiled = Setup(execution="compiled")
    assert seconds(fused, here, compiled) == seconds(fused, processor, compiled)


def test_what_operators_move_puts_the_hosts_code_out_of_the_caches(processor: Hardware) -> None:
    curves = replace(curves_of(processor), refill_us=30.0, refill_bytes=2.0**20, refill_s=1e3)
    here = with_curves(processor, curves)
    one, packed = linear(1, 256), linear(2, 256)
    for row, moved in ((one, one.total_bytes), (packed, packed.total_bytes + packed.weight_bytes)):
        longer_s = seconds(row, here, FIRST) - seconds(row, processor, FIRST)
        assert longer_s == pytest.approx(30e-6 * -math.expm1(-moved / 2**20), rel=0.01)
    vast = linear(1, 4096)
    assert seconds(vast, here, FIRST) - seconds(vast, processor, FIRST) == pytest.approx(30e-6)
    compiled = Setup(execution="compiled")
    assert seconds(vast, here, compiled) == seconds(vast, processor, compiled)


def test_so_does_what_they_compute(processor: Hardware) -> None:
    """A product of many rows reads its operands again and again."""
    curves = replace(curves_of(processor), refill_us=30.0, refill_bytes=1e15, refill_s=1e-3)
    here = with_curves(processor, curves)
    row = linear(512, 512)
    at_peak_s = 2 * row.multiply_adds / (processor.compute.fp32_tflops * 1e12)
    longer_s = seconds(row, here, FIRST) - seconds(row, processor, FIRST)
    assert longer_s == pytest.approx(30e-6 * -math.expm1(-at_peak_s / 1e-3), rel=0.01)


def test_a_pooling_of_small_windows_is_a_kernel_of_its_own(processor: Hardware) -> None:
    here = with_class(processor, "norm/fp32/max_pool2d_of_few", byte_ns=9.0)
    small, large = pooling(10**6, 10**6 // 4, 10**6), pooling(10**6, 10**6 // 4, 9 * 10**6 // 4)
    assert seconds(small, here, FIRST) > 2 * seconds(small, processor, FIRST)
    assert seconds(large, here, FIRST) == seconds(large, processor, FIRST)


def test_a_head_with_far_more_outputs_than_inputs_is_a_kernel_of_its_own(
    processor: Hardware,
) -> None:
    square = linear(2, 512)
    head = replace(square, n=8 * 512)
    here = with_class(processor, "matmul/fp32/linear_wide", compute=0.01)
    assert seconds(head, here, FIRST) > 2 * seconds(head, processor, FIRST)
    assert seconds(square, here, FIRST) == seconds(square, processor, FIRST)


def test_a_timed_processors_own_dispatch_goes_before_an_engines(processor: Hardware) -> None:
    """An engine states that of a GPU's host, with the Python of its modules."""
    here = replace(processor, calibration=CALIBRATED)
    setups = [Setup(engine="transformers")]
    own_s = processor.efficiency.dispatch_us.expected * 1e-6
    assert engine_columns(setups, here, "expected").dispatch_s == pytest.approx(own_s)
    assert engine_columns(setups, processor, "expected").dispatch_s > 2 * own_s
