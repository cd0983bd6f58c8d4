from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog.load import hardware_by_id
from advisor.profiling.profile import ModelProfile, WorkingMoment
from advisor.projection.check import project_run_bytes
from advisor.projection.columns import setup_columns
from advisor.projection.memory import weight_bytes
from advisor.projection.operators import LINEAR, operator_table
from advisor.projection.pruned import kept_channels
from advisor.projection.setup import Setup, WeightFormat
from tests.support.profiles import convnet, encoder

CPU, GPU = "cpu-2vcpu", "t4"
NATIVE = Setup()


def with_moments(*moments: WorkingMoment) -> ModelProfile:
    profile = encoder(layers=1, hidden=256, tokens=8)
    return replace(profile, memory=replace(profile.memory, inference_moments=moments))


def beside_weights(profile: ModelProfile, setup: Setup, on: str) -> float:
    table, part = operator_table(profile.phases[0]), hardware_by_id(on)
    held = project_run_bytes(profile, part, [setup])[0]
    return held - float(weight_bytes(profile, table, setup_columns([setup], "float32", part))[0])


CONVOLUTION = WorkingMoment("conv", 3000, 1000, 2000, 500, 500)
POINTWISE = WorkingMoment("other", 4000, 2000, 2000, 0, 500)
PRODUCT = WorkingMoment("linear", 1000, 400, 600, 8000, 8500)


def test_the_peak_is_that_of_the_largest_moment() -> None:
    profile = with_moments(CONVOLUTION, POINTWISE, PRODUCT)
    assert beside_weights(profile, NATIVE, GPU) == pytest.approx(4000)


def test_a_processor_copies_what_a_convolution_makes_unless_channels_come_last() -> None:
    profile = with_moments(CONVOLUTION, POINTWISE, PRODUCT)
    assert beside_weights(profile, NATIVE, CPU) == pytest.approx(3000 + 2000)
    assert beside_weights(profile, Setup(channels_last=True), CPU) == pytest.approx(4000)


def test_compiled_pointwise_work_holds_nothing_of_its_own() -> None:
    profile = with_moments(CONVOLUTION, POINTWISE, PRODUCT)
    compiled = Setup(execution="compiled")
    assert beside_weights(profile, compiled, GPU) == pytest.approx(3000)


def test_autocast_keeps_the_casts_of_all_weights_up_to_the_moment() -> None:
    profile = with_moments(PRODUCT)
    held = beside_weights(profile, Setup(autocast="bf16"), GPU)
    assert 8500 / 2 < held <= 8500 / 2 + 1000


def test_eager_weights_of_8_bits_are_written_out_by_a_processor() -> None:
    profile = with_moments(PRODUCT)
    assert beside_weights(profile, Setup(weight_format="int8"), CPU) == pytest.approx(1000 + 8000)
    compiled = Setup(weight_format="int8", execution="compiled")
    assert beside_weights(profile, compiled, CPU) == pytest.approx(1000)


def test_8_bit_inputs_are_held_signed_and_unsigned_beside_the_sums_of_the_weight() -> None:
    profile = with_moments(PRODUCT)
    setup = Setup(weight_format="int8", linear_activation_format="int8")
    assert beside_weights(profile, setup, CPU) == pytest.approx(1000 + 8000 + 400 / 2)


@pytest.mark.parametrize(
    ("weight_format", "expected"),
    [
        # 12 matrices of 256 × 256; the one from the wide side has rows four times as long.
        ("int8", 12 * 256 * 256 + 9 * 256 * (4 + 1)),
        ("int4", 12 * 256 * (256 / 2 + 4 * 8)),
    ],
)
def test_quantized_weights_have_their_scales(weight_format: WeightFormat, expected: float) -> None:
    profile = encoder(layers=1, hidden=256, tokens=8)
    table, part = operator_table(profile.phases[0]), hardware_by_id(CPU)
    columns = setup_columns([Setup(weight_format=weight_format)], "float32", part)
    assert weight_bytes(profile, table, columns)[0] == pytest.approx(expected)


def test_4_bit_groups_that_do_not_divide_a_layer_leave_it_as_it_was() -> None:
    profile = encoder(layers=1, hidden=48, tokens=8)
    table, part = operator_table(profile.phases[0]), hardware_by_id(CPU)
    columns = setup_columns([NATIVE, Setup(weight_format="int4")], "float32", part)
    before, after = weight_bytes(profile, table, columns)
    # Only the matrix from the wide side, 192, is a multiple of 64 wide.
    assert before - after == pytest.approx(48 * 192 * 4 - 48 * (192 / 2 + 3 * 8))


def test_channels_are_kept_in_fours() -> None:
    profile = encoder(layers=1, hidden=256, tokens=8)
    table = operator_table(profile.phases[0])
    columns = setup_columns([NATIVE, Setup(channels_removed=0.3)], "float32", hardware_by_id(CPU))
    kept = kept_channels(table, columns)
    narrowed = (table.classes == LINEAR) & (table.pruning_exponent == 1) & ~table.in_attention
    assert kept[0] == pytest.approx(1.0)
    assert kept[1, narrowed] == pytest.approx(716 / 1024)


def test_a_map_that_lies_flat_before_a_layer_loses_whole_channels() -> None:
    """Of 64 channels of 4 × 4 pixels 44 are kept, so 704 of the layer's 1,024 inputs."""
    profile = convnet(layers=1, channels=64, pixels=4)
    row = profile.phases[0].operators[0]
    flat = replace(row, kind="matmul", m=1, n=64, k=1024, weight_bytes=4 * 64 * 1024)
    table = operator_table(replace(profile.phases[0], operators=(row, flat)))
    columns = setup_columns([Setup(channels_removed=0.3)], "float32", hardware_by_id(CPU))
    assert kept_channels(table, columns)[0, 1] == pytest.approx(44 / 64)


def test_indices_keep_their_bytes_in_half_precision() -> None:
    profile = with_moments(WorkingMoment("other", 4000, 0, 0, 0, 0, integer_bytes=3000))
    assert beside_weights(profile, Setup(float_format="bf16"), GPU) == pytest.approx(3500)
