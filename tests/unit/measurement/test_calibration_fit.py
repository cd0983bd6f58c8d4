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
from advisor.measurement.calibration.laid import lay
from advisor.measurement.calibration.least_squares import minimize
from advisor.measurement.calibration.others import interruptions
from advisor.profiling.profile import Operator
from advisor.projection.curves import curves_of
from advisor.projection.points import TimedPoint, point_rows
from advisor.projection.setup import Setup
from tests.support.timed_points import seconds_of, with_class, with_curves

SOURCE = Source("a made-up box", "2026-11-23", "high")
REFILL_BYTES, REFILL_S = 8.0 * 2**20, 4e-3


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
            "matmul/fp32/vector": Curve(0.8, 0.9, 6.0, 0.0, 2.0, 8.0),
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
    waiting = with_class(plain, "matmul/fp32/vector", half_row_bytes=4096.0)
    wide, deep = linear(1, 7168, 1024), linear(1, 1024, 7168)
    slower = {each: seconds_of(waiting, each) / seconds_of(plain, each) for each in (wide, deep)}
    assert slower[wide] > 1.25
    assert 1.0 < slower[deep] < 1.2


def test_rows_of_a_weight_that_lies_transposed_are_its_inputs() -> None:
    waiting = with_class(box(), "matmul/fp32/vector", half_row_bytes=4096.0)
    wide, deep = linear(1, 7168, 1024), linear(1, 1024, 7168)
    turned = {each: seconds_of(waiting, replace(each, name="addmm")) for each in (wide, deep)}
    assert turned[wide] < seconds_of(waiting, wide)
    assert turned[deep] > seconds_of(waiting, deep)


def test_a_weight_with_a_single_row_is_a_kernel_of_its_own() -> None:
    plain = box()
    slow = with_class(plain, "matmul/fp32/vector", bandwidth=0.09)
    one, two = linear(1, 768, 768), linear(2, 768, 768)
    assert seconds_of(slow, one) > 2 * seconds_of(plain, one)
    assert seconds_of(slow, replace(one, name="addmm")) == seconds_of(slow, one)
    assert seconds_of(slow, two) == seconds_of(plain, two)
    several = TimedPoint((one,), 1.0, batch_size=4)
    found = [point_rows([several], each).projected(each) for each in (slow, plain)]
    assert found[0] == found[1]


def test_packing_waits_for_no_arithmetic() -> None:
    plain = box()
    packing = with_class(plain, "matmul/fp32/linear", packing=2.0)
    few, many = linear(64, 768, 768), linear(4096, 768, 768)
    beside = {each: seconds_of(packing, each) - seconds_of(plain, each) for each in (few, many)}
    assert beside[many] == pytest.approx(beside[few])
    assert beside[few] > 0


def test_a_packed_copy_lies_in_the_cache_whatever_else_the_model_holds() -> None:
    plain = box()
    packing = with_class(plain, "matmul/fp32/linear", packing=9.0)
    small, large = linear(2, 256, 256), linear(1, 8192, 8192)
    beside = seconds_of(packing, small, large) - seconds_of(plain, small, large)
    assert beside == pytest.approx(seconds_of(packing, small) - seconds_of(plain, small))
    wide = linear(2, 8192, 8192)
    of_wide = seconds_of(packing, wide) - seconds_of(plain, wide)
    assert of_wide > 1.5 * beside * wide.weight_bytes / small.weight_bytes


def test_a_weight_cast_before_the_product_is_packed_as_what_the_cast_wrote() -> None:
    plain = box()
    packing = with_class(plain, "matmul/fp32/linear", packing=9.0)
    row, few_bits = linear(2, 768, 768), Setup(weight_format="int8")
    native = seconds_of(packing, row) - seconds_of(plain, row)
    cast = seconds_of(packing, row, setup=few_bits) - seconds_of(plain, row, setup=few_bits)
    assert cast == pytest.approx(native, rel=0.3)
    assert seconds_of(plain, row, setup=few_bits) > seconds_of(plain, row)


def tiny_alone(points: Sequence[TimedPoint]) -> list[TimedPoint]:
    return [replace(each, others=()) for each in points]


def attention(module: str) -> Operator:
    return Operator(
        module, "scaled_dot_product_attention", "attention", "float32", 64, 0, 192, 64, 2, 2, 8
    )


def tiny_model(
    operators: int, modules: int, attentions: int, others: tuple[Operator, ...] = ()
) -> TimedPoint:
    """Next to no arithmetic: what it takes beside its kernels is the host's."""
    kinds = [linear(1, 8, 8), *(streaming(name, 8) for name in ("add", "tanh", "mul", "gelu"))]
    rows = [
        replace(kinds[index % len(kinds)], module=f"model.{index % modules}")
        for index in range(operators)
    ]
    attending = [attention("model.0")] * attentions
    return TimedPoint((*rows, *attending), 1.0, others=others)


def test_what_the_host_takes_is_told_apart_by_operators_modules_attentions_and_refills() -> None:
    plain = box()
    truth = replace(
        plain,
        efficiency=replace(
            plain.efficiency,
            dispatch_us=Quantity.exact(5.0),
            module_dispatches=4.0,
            attention_dispatches=20.0,
            curves=replace(
                curves_of(plain), refill_us=30.0, refill_bytes=REFILL_BYTES, refill_s=REFILL_S
            ),
        ),
    )
    alone = [*points(plain), *drawn_streaming("mul", "gelu")]
    reading, computing = interruptions(1, 40), interruptions(512, 20)
    tiny = [
        tiny_model(40, 4, 2), tiny_model(40, 20, 0), tiny_model(20, 10, 4, (reading,)),
        tiny_model(60, 6, 1, (computing,)), tiny_model(30, 15, 9, (reading, computing)),
    ]  # fmt: skip
    of_kernels = replace(truth, efficiency=plain.efficiency)
    silent = without_host(of_kernels)
    kernels = timed_by(tiny, silent)
    others_s = 30e-6 * lay(tiny, truth).evictions(REFILL_BYTES, REFILL_S)
    own_s = 30e-6 * lay(tiny_alone(tiny), truth).evictions(REFILL_BYTES, REFILL_S)
    whole = [
        replace(each, seconds=each.seconds + longer, kernels_s=alone.seconds)
        for each, alone, longer in zip(
            timed_by(tiny, truth), kernels, others_s - own_s, strict=True
        )
    ]
    timed = [*timed_by(alone, silent), *whole]
    efficiency, _ = fit_box(timed, load.hardware()["cpu-2vcpu"], SOURCE, REFILL_BYTES)
    assert efficiency.curves is not None
    assert efficiency.curves.refill_us == pytest.approx(30.0, rel=0.1)
    assert efficiency.curves.refill_s == REFILL_S
    module_us = efficiency.module_dispatches * efficiency.dispatch_us.expected
    assert module_us == pytest.approx(20.0, rel=0.1)
    attention_us = efficiency.attention_dispatches * efficiency.dispatch_us.expected
    assert attention_us == pytest.approx(100.0, rel=0.1)
    assert efficiency.dispatch_us.expected == pytest.approx(5.0, rel=0.1)


def test_no_curve_is_fitted_to_whole_models() -> None:
    """What the host takes in them would be taken for an operator's."""
    streamed = timed_by(drawn_streaming("mul", "gelu"), without_host(box()))
    alone = [*points(box()), *streamed]
    models = [
        TimedPoint(
            (linear(m, 768, 768), *(streaming(name, 4**10) for name in ("add", "mul", "gelu"))),
            1.0,
        )
        for m in (64, 128, 256)
    ]
    base = load.hardware()["cpu-2vcpu"]
    without, _ = fit_box(alone, base, SOURCE, REFILL_BYTES)
    beside, ratios = fit_box([*alone, *models], base, SOURCE, REFILL_BYTES)
    assert without.curves is not None
    assert beside.curves is not None
    name = "matmul/fp32/linear"
    found, alone_found = (each.classes[name].compute for each in (beside.curves, without.curves))
    assert found == pytest.approx(alone_found, rel=0.05)
    assert np.all(ratios[-3:] > 2)


def test_a_share_of_the_cache_serves_weights_as_a_cache_of_that_size() -> None:
    whole = box()
    assert whole.memory.cache_mib is not None
    width = int((whole.memory.cache_mib * 2**20 / 2 / 4) ** 0.5)
    half_full = linear(1, width, width)
    smaller = replace(whole, memory=replace(whole.memory, cache_mib=whole.memory.cache_mib * 0.25))
    shared = with_curves(whole, replace(curves_of(whole), weight_cache_share=0.25))
    assert seconds_of(shared, half_full) == pytest.approx(seconds_of(smaller, half_full))
    assert seconds_of(shared, half_full) > seconds_of(whole, half_full)
