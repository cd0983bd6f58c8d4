"""The peaks that a calibration states come from points that show them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog.hardware import Compute
from advisor.catalog.load import hardware_by_id
from advisor.catalog.quantity import Source
from advisor.measurement.calibration.boxed import _compute
from advisor.profiling.profile import Operator
from advisor.projection.points import TimedPoint
from advisor.projection.setup import Setup
from tests.support.profiles import encoder

SOURCE = Source("by hand", "2026-01-01", "high")


def product() -> Operator:
    rows = encoder().phases[0].operators
    found = next(each for each in rows if each.kind == "matmul")
    return replace(found, dtype="float32", multiply_adds=10**12, repeats=1)


def peak(point: TimedPoint, base: Compute) -> float | None:
    return _compute([point], base, SOURCE).fp32_tflops


@pytest.fixture
def gpu() -> Compute:
    return hardware_by_id("h100-sxm", "a test").compute


def test_a_product_shows_its_peak(gpu: Compute) -> None:
    assert peak(TimedPoint((product(),), 0.05), gpu) == pytest.approx(40.0)


def test_integers_are_no_peak_of_floats(gpu: Compute) -> None:
    integers = Setup(weight_format="int8", linear_activation_format="int8")
    point = TimedPoint((product(),), 0.001, integers)
    assert peak(point, gpu) == gpu.fp32_tflops


def test_a_convolution_in_tf32_is_no_peak_of_floats(gpu: Compute) -> None:
    convolution = replace(product(), kind="conv")
    point = TimedPoint((convolution,), 0.005)
    assert peak(point, gpu) == gpu.fp32_tflops
    assert peak(point, replace(gpu, tf32_tflops=None)) == pytest.approx(400.0)
    half = TimedPoint((replace(convolution, dtype="bfloat16"),), 0.005)
    assert _compute([half], gpu, SOURCE).bf16_tflops == pytest.approx(400.0)
