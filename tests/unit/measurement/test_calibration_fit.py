"""The fit finds the curves that made the times it is given, and the engine projects by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from advisor.catalog import load
from advisor.catalog.hardware import Curve, Hardware
from advisor.catalog.quantity import Quantity, Source
from advisor.measurement.calibration.fit import fit_box
from advisor.measurement.calibration.least_squares import minimize
from advisor.profiling.profile import Operator
from advisor.projection.curves import curves_of
from advisor.projection.points import TimedPoint, point_rows
from advisor.projection.setup import Setup
from tests.support.timed_points import seconds_of, with_class, with_curves

SOURCE = Source("a made-up box", "2026-11-23", "high")
REFILL_BYTES = 2.0 * 2**20


def linear(m: int, n: int, k: int) -> Operator:
    return Operator(
        "layer", "linear", "matmul", "float32", m * n * k, 4 * n * k, 4 * m * k, 4 * m * n, m, n, k
    )


def streaming(name: str, elements: int, dtype: str = "float32") -> Operator:
    item = 4 if dtype == "float32" else 2
    return Operator("", name, "elementwise", dtype, 0, 0, item * elements, item * elements)


def box() -> Hardware:
    """A processor where a hyperbolic tangent costs a hundred times what an addition does."""
    hardware = load.hardware()["cpu-2vcpu"]
    curves = replace(
        curves_of(hardware),
        overlap=2.0,
        classes={
            "matmul/fp32/linear": Curve(0.8, 0.9, 6.0, 4.0, 2.0, 8.0),
            "streaming/fp32/add": Curve(0.7, 0.8, 1.5, byte_ns=0.01),
            "streaming/fp32/tanh": Curve(0.7, 0.8, 1.5, byte_ns=1.0),
        },
    )
    return replace(hardware, efficiency=replace(hardware.efficiency, curves=curves))


def points(truth: Hardware) -> list[TimedPoint]:
    rows = [
        (linear(m, n, k),) for m in (1, 8, 64, 512) for n, k in ((96, 96), (768, 256), (1024, 768))
    ]
    drawn = [*(TimedPoint(each, 1.0) for each in rows), *drawn_streaming("add", "tanh")]
    return timed_by(drawn, without_host(truth))


def drawn_streaming(*names: str) -> list[TimedPoint]:
    return [TimedPoint((streaming(name, 4**size),), 1.0) for name in names for size in range(5, 12)]


def without_host(hardware: Hardware) -> Hardware:
    none = Quantity.exact(0.0)
    return replace(hardware, efficiency=replace(hardware.efficiency, dispatch_us=none))


def timed_by(drawn: Sequence[TimedPoint], truth: Hardware) -> list[TimedPoint]:
    seconds = point_rows(drawn, truth).projected(truth)
    return [replace(point, seconds=float(each)) for point, each in zip(drawn, seconds, strict=True)]


def test_the_curves_behind_the_times_are_found_again() -> None:
    truth = box()
    drawn = points(truth)
    efficiency, ratios = fit_box(drawn, load.hardware()["cpu-2vcpu"], SOURCE, REFILL_BYTES)
    assert np.median(np.abs(ratios)) < 0.05
    fitted = replace(truth, efficiency=efficiency)
    laid = point_rows(drawn, fitted)
    assert np.median(np.abs(np.log(laid.projected(fitted) / laid.seconds))) < 0.03


def test_an_operator_that_was_not_timed_goes_by_its_like() -> None:
    efficiency, _ = fit_box(points(box()), load.hardware()["cpu-2vcpu"], SOURCE, REFILL_BYTES)
    assert efficiency.curves is not None
    assert "streaming/fp32" in efficiency.curves.classes


def test_the_engine_tells_operators_apart_by_name_and_format() -> None:
    truth = box()
    drawn = [
        TimedPoint((streaming(name, 10**6, dtype),), 1.0)
        for name, dtype in (("add", "float32"), ("tanh", "float32"), ("tanh", "bfloat16"))
    ]
    add, tanh, other_format = point_rows(drawn, truth).projected(truth)
    assert tanh > 10 * add
    assert other_format < tanh / 10


def test_least_squares_finds_a_line_in_spite_of_an_outlier() -> None:
    x = np.linspace(0, 1, 20)
    y = 2 * x + 1
    y[3] = 50.0
    found = minimize(
        lambda values: values[0] * x + values[1] - y,
        np.zeros(2), np.full(2, -10.0), np.full(2, 10.0), outlier=0.1,
    )  # fmt: skip
    assert found == pytest.approx([2.0, 1.0], abs=0.05)


def test_weights_are_packed_for_several_rows_and_not_for_one() -> None:
    plain = box()
    packing = with_class(plain, "matmul/fp32/linear", packing=9.0)
    one, few = linear(1, 768, 768), linear(2, 768, 768)
    assert seconds_of(packing, one) == seconds_of(plain, one)
    assert seconds_of(packing, few) > 1.5 * seconds_of(plain, few)


def test_short_rows_of_a_weight_take_longer_than_long_ones() -> None:
    plain = box()
    waiting = with_class(plain, "matmul/fp32/linear", half_row_bytes=4096.0)
    wide, deep = linear(1, 7168, 1024), linear(1, 1024, 7168)
    slower = {each: seconds_of(waiting, each) / seconds_of(plain, each) for each in (wide, deep)}
    assert slower[wide] > 1.25
    assert 1.0 < slower[deep] < 1.2


def test_rows_of_a_weight_that_lies_transposed_are_its_inputs() -> None:
    waiting = with_class(box(), "matmul/fp32/linear", half_row_bytes=4096.0)
    waiting = with_class(waiting, "matmul/fp32/addmm", **figures_of(waiting, "matmul/fp32/linear"))
    wide, deep = linear(1, 7168, 1024), linear(1, 1024, 7168)
    turned = {each: seconds_of(waiting, replace(each, name="addmm")) for each in (wide, deep)}
    assert turned[wide] < seconds_of(waiting, wide)
    assert turned[deep] > seconds_of(waiting, deep)


def figures_of(hardware: Hardware, name: str) -> dict[str, object]:
    return dict(vars(curves_of(hardware).classes[name]))


def test_packing_waits_for_no_arithmetic() -> None:
    plain = box()
    packing = with_class(plain, "matmul/fp32/linear", packing=2.0)
    few, many = linear(64, 768, 768), linear(4096, 768, 768)
    beside = {each: seconds_of(packing, each) - seconds_of(plain, each) for each in (few, many)}
    assert beside[many] == pytest.approx(beside[few])
    assert beside[few] > 0


def test_a_weight_cast_before_the_product_is_packed_as_what_the_cast_wrote() -> None:
    plain = box()
    packing = with_class(plain, "matmul/fp32/linear", packing=9.0)
    row, few_bits = linear(2, 768, 768), Setup(weight_format="int8")
    native = seconds_of(packing, row) - seconds_of(plain, row)
    cast = seconds_of(packing, row, setup=few_bits) - seconds_of(plain, row, setup=few_bits)
    assert cast == pytest.approx(native, rel=0.3)
    assert seconds_of(plain, row, setup=few_bits) > seconds_of(plain, row)


def tiny_model(operators: int, modules: int, evictions: int) -> TimedPoint:
    """Next to no arithmetic: what it takes is the host's."""
    kinds = [linear(1, 8, 8), *(streaming(name, 8) for name in ("add", "tanh", "mul", "gelu"))]
    rows = [
        replace(kinds[index % len(kinds)], module=f"model.{index % modules}")
        for index in range(operators)
    ]
    return TimedPoint(tuple(rows), 1.0, evictions=evictions)


def test_what_the_host_takes_is_told_apart_by_operators_modules_and_refills() -> None:
    plain = box()
    truth = replace(
        plain,
        efficiency=replace(
            plain.efficiency,
            dispatch_us=Quantity.exact(5.0),
            module_dispatches=4.0,
            curves=replace(curves_of(plain), refill_us=30.0, refill_bytes=REFILL_BYTES),
        ),
    )
    alone = [*points(plain), *drawn_streaming("mul", "gelu")]
    tiny = [tiny_model(*each) for each in ((40, 4, 0), (40, 20, 0), (20, 10, 15), (60, 6, 40))]
    of_kernels = replace(truth, efficiency=plain.efficiency)
    silent = without_host(of_kernels)
    timed = [*timed_by(alone, silent), *timed_by(tiny, truth)]
    efficiency, _ = fit_box(timed, load.hardware()["cpu-2vcpu"], SOURCE, REFILL_BYTES)
    assert efficiency.curves is not None
    assert efficiency.curves.refill_us == pytest.approx(30.0, rel=0.1)
    module_us = efficiency.module_dispatches * efficiency.dispatch_us.expected
    assert module_us == pytest.approx(20.0, rel=0.15)
    assert efficiency.dispatch_us.expected == pytest.approx(5.0, abs=1.5)


def block(kind: Operator, size: int) -> tuple[Operator, ...]:
    """An operator among others, as a model has it."""
    others = ("add", "mul", "tanh", "gelu")
    return (kind, *(streaming(name, size) for name in others))


def test_kernels_of_a_kind_that_are_slower_among_others_are_told_apart() -> None:
    truth = box()
    mixed = [block(linear(m, 768, 768), 4**10) for m in (64, 128, 256, 512)]
    drawn = [*drawn_streaming("mul", "gelu"), *(TimedPoint(each, 1.0) for each in mixed)]
    laid = point_rows(drawn, truth)
    each = np.where(laid.calls.m[0] > 0, 1.5, 1.0) * laid.class_seconds(truth)
    times = np.bincount(laid.point, each)
    timed = [replace(one, seconds=float(took)) for one, took in zip(drawn, times, strict=True)]
    everything = [*points(truth), *timed]
    efficiency, _ = fit_box(everything, load.hardware()["cpu-2vcpu"], SOURCE, REFILL_BYTES)
    fitted = replace(truth, efficiency=efficiency)
    found = point_rows(timed[-4:], fitted).projected(fitted)
    assert found == pytest.approx(times[-4:], rel=0.1)


def test_a_share_of_the_cache_serves_weights_as_a_cache_of_that_size() -> None:
    whole = box()
    assert whole.memory.cache_mib is not None
    width = int((whole.memory.cache_mib * 2**20 / 2 / 4) ** 0.5)
    half_full = linear(1, width, width)
    smaller = replace(whole, memory=replace(whole.memory, cache_mib=whole.memory.cache_mib * 0.25))
    shared = with_curves(whole, replace(curves_of(whole), weight_cache_share=0.25))
    assert seconds_of(shared, half_full) == pytest.approx(seconds_of(smaller, half_full))
    assert seconds_of(shared, half_full) > seconds_of(whole, half_full)
