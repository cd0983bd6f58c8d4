"""Seconds of kernels fall and rise with their sizes as tiles, waves and ceilings make them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog import load
from advisor.profiling.profile import Operator, Phase
from advisor.projection.columns import setup_columns
from advisor.projection.operators import operator_table
from advisor.projection.setup import Setup
from advisor.projection.time import Load, phase_seconds
from tests.benchmarks.reference_points import matrix_products, product

A100 = load.hardware_by_id("a100-80-sxm")
IDLE = Setup(execution="captured")


def seconds(*operators: Operator, hardware: str = "a100-80-sxm", case: str = "expected") -> float:
    part = load.hardware_by_id(hardware)
    table = operator_table(Phase("forward", 1, operators))
    columns = setup_columns([IDLE], operators[0].dtype, part)
    one = np.ones(1)
    found = phase_seconds(table, columns, Load(one, one, one, one), part, case)  # type: ignore[arg-type]
    return float(found[0])


def reached(m: int, n: int, k: int) -> float:
    """Share of the A100's peak."""
    return 2 * m * n * k / 312e12 / seconds(product(m, n, k))


def test_the_share_of_the_peak_rises_with_the_size() -> None:
    shares = [reached(size, size, size) for size in (128, 512, 2048, 8192)]
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert 0.65 < shares[-1] < 0.87


def test_one_more_wave_is_paid_whole() -> None:
    # 108 multiprocessors: 108 tiles of 128 × 128 fill them once; 116 take a second wave, or
    # other tiles, which reach less.
    full, over = (seconds(product(128, 128 * tiles, 8192)) for tiles in (108, 116))
    assert over > 1.04 * full * 116 / 108
    assert over < 2.2 * full


def test_a_split_of_the_inner_dimension_fills_the_part() -> None:
    # One tile alone would take 64 multiplied by the whole of k at the rate of 1 of 108.
    alone = 2 * 64 * 64 * 65_536 / (312e12 / 108)
    assert seconds(product(64, 64, 65_536)) < alone / 3


def test_few_rows_are_bound_by_the_weights() -> None:
    read = 2 * 8192 * 8192 / 2039e9
    assert 1.0 < seconds(product(1, 8192, 8192)) / read < 1.5
    assert seconds(product(16, 8192, 8192)) < 1.2 * seconds(product(1, 8192, 8192))


def test_separate_products_share_the_waves() -> None:
    one = Operator("x", "matmul", "matmul", "float16", 64**3, 0, 2**14, 2**13, 64, 64, 64, batch=1)
    many = Operator(
        "x", "matmul", "matmul", "float16", 108 * 64**3, 0, 108 * 2**14, 108 * 2**13, 64, 64, 64,
        batch=108,
    )  # fmt: skip
    assert seconds(many) < 3 * seconds(one)


@given(st.integers(1, 4096), st.integers(8, 8192), st.integers(8, 8192), st.sampled_from((2, 3, 8)))
def test_more_rows_never_take_less(m: int, n: int, k: int, times: int) -> None:
    assert seconds(product(m * times, n, k)) >= seconds(product(m, n, k)) * 0.999


def test_traffic_approaches_the_bandwidth_as_it_grows() -> None:
    def share(size: int) -> float:
        copy = Operator("x", "add", "elementwise", "float16", 0, 0, size, size)
        return 2 * size / 2039e9 / seconds(copy)

    assert share(2**16) < 0.1
    assert 0.5 < share(2**30) < 1.0


def test_what_lies_in_the_cache_moves_faster_on_a_processor() -> None:
    def rate(size: int) -> float:
        row = Operator("x", "add", "elementwise", "float32", 0, 0, size, size)
        return 2 * size / seconds(row, hardware="cpu-2vcpu")

    assert rate(2**22) > 1.5 * rate(2**29)


@pytest.mark.parametrize("hardware", ["a100-80-sxm", "h100-sxm", "mi300x", "tpu-v5e", "cpu-2vcpu"])
def test_bounds_lie_around_what_is_expected(hardware: str) -> None:
    row = product(512, 4096, 4096)
    low, expected, high = (
        seconds(row, hardware=hardware, case=case) for case in ("low", "expected", "high")
    )
    assert low < expected < high


def test_the_profile_of_the_a100_holds_on_its_table() -> None:
    """The figures in the file are those of the fit, whose error its source states."""
    table = matrix_products()
    errors = [
        abs(np.log(seconds(*point.operators) / point.seconds)) for point in table.points[::13]
    ]
    assert np.median(errors) < 0.06
    assert np.quantile(errors, 0.9) < 0.18


def in_32_bits(m: int, n: int, k: int) -> Operator:
    return Operator(
        "layer", "linear", "matmul", "float32", m * n * k, 4 * n * k, 4 * m * k, 4 * m * n,
        m=m, n=n, k=k,
    )  # fmt: skip


@pytest.mark.parametrize("hardware", ["v100-16-sxm2", "a100-80-sxm", "h100-sxm", "t4"])
def test_vector_units_come_nearer_to_their_peak_than_matrix_units(hardware: str) -> None:
    compute = load.hardware_by_id(hardware).compute
    assert compute.fp16_tflops is not None
    work = 2 * 4096**3 / 1e12
    slow = work / compute.fp32_tflops / seconds(in_32_bits(4096, 4096, 4096), hardware=hardware)
    fast = work / compute.fp16_tflops / seconds(product(4096, 4096, 4096), hardware=hardware)
    assert fast < slow < 1.0


@pytest.mark.parametrize("hardware", ["a100-80-sxm", "h100-sxm", "l4"])
def test_depthwise_convolutions_stay_below_the_rate_of_vector_units(hardware: str) -> None:
    # 7 × 7 windows of 4,096 channels at 56 × 56: 49 multiply-adds an element, batch 32.
    elements = 32 * 4096 * 56 * 56
    row = Operator(
        "x", "conv2d", "conv", "float16", 49 * elements, 2 * 49 * 4096, 2 * elements, 2 * elements,
        m=32 * 56 * 56, n=1, k=49, batch=4096,
    )  # fmt: skip
    limit = load.hardware_by_id(hardware).compute.fp32_tflops * 1e12
    assert 2 * 49 * elements / seconds(row, hardware=hardware) < limit


def test_weights_just_read_are_no_quicker_on_stacked_memory() -> None:
    read = 2 * 4096 * 4096 / 3350e9
    assert seconds(product(1, 4096, 4096), hardware="h100-sxm") > 1.1 * read
