"""Which operators of a profile move 32-bit tensors under automatic mixed precision."""

from __future__ import annotations

from advisor.profiling.profile import Operator, OperatorKind
from advisor.projection.autocast import FULL, HALF, autocast_widths, is_constant
from tests.benchmarks.reference_points import image_model

SIZE = 4096


def row(name: str, kind: OperatorKind, reads: int = 1, weight_bytes: int = 0) -> Operator:
    return Operator("x", name, kind, "float32", 0, weight_bytes, reads * SIZE, SIZE)


def linear() -> Operator:
    return Operator("x", "linear", "matmul", "float32", 10**6, SIZE, SIZE, SIZE, 32, 32, 32)


def test_products_give_16_bits_and_norms_32() -> None:
    widths = autocast_widths([linear(), row("layer_norm", "norm"), linear()])
    assert list(widths.outputs) == [HALF, FULL, HALF]


def test_a_norm_is_given_a_cast_of_what_a_product_wrote_and_casts_back_after() -> None:
    widths = autocast_widths(
        [linear(), row("layer_norm", "norm"), linear(), row("relu", "elementwise")]
    )
    assert list(widths.cast > 0) == [True, True, True, False]


def test_softmax_takes_16_bits_as_it_is() -> None:
    widths = autocast_widths([linear(), row("softmax", "reduction")])
    assert widths.cast[1] == 0
    assert (widths.inputs[1], widths.outputs[1]) == (HALF, FULL)


def test_a_residual_stream_in_32_bits_stays_there() -> None:
    embedded = row("add", "elementwise", weight_bytes=SIZE)
    widths = autocast_widths([linear(), embedded, linear(), row("add", "elementwise", reads=2)])
    assert widths.outputs[1] == FULL
    assert widths.outputs[3] == FULL
    assert HALF < widths.inputs[3] < FULL


def test_a_residual_stream_of_convolutions_stays_in_16_bits() -> None:
    sums = [row("relu", "elementwise"), linear(), row("add", "elementwise", reads=2)]
    assert set(autocast_widths([linear(), *sums]).outputs) == {HALF}


def test_batch_norms_leave_a_resnet_in_16_bits() -> None:
    operators = image_model("resnet50", 224)
    widths = autocast_widths(operators)
    pairs = zip(operators, widths.outputs, strict=True)
    assert {width for each, width in pairs if each.name == "batch_norm"} == {HALF}


def test_weights_that_are_standardized_do_not_grow_with_the_batch() -> None:
    constant = [each for each in image_model("dm_nfnet_f0", 192) if is_constant(each)]
    assert constant
    assert all(each.multiply_adds == 0 and each.weight_bytes for each in constant)
    assert not any(is_constant(each) for each in image_model("resnet50", 224))
