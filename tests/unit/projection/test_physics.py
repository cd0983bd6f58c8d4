"""Strategies help and hurt where the physics says so, with no factor in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.catalog import load
from advisor.catalog.quantity import Quantity
from advisor.profiling.profile import ModelProfile, Phase
from advisor.projection.columns import setup_columns
from advisor.projection.operators import operator_table
from advisor.projection.setup import Setup
from advisor.projection.time import Load, phase_seconds
from advisor.strategies.selection import parse_selection, setup_for
from tests.benchmarks.reference_points import image_model
from tests.support.profiles import convnet, decoder, encoder


def seconds(profile: ModelProfile, hardware: str, chosen: str, batch: int, phase: int = 0) -> float:
    part = load.hardware_by_id(hardware)
    table = operator_table(profile.phases[phase])
    columns = setup_columns([setup_for(parse_selection(chosen))], profile.dtype, part)
    one = np.ones(1)
    asked = Load(one * batch, one * table.query_tokens, one * table.context_tokens, one)
    return float(phase_seconds(table, columns, asked, part, "expected")[0])


def speedup(
    profile: ModelProfile, hardware: str, before: str, after: str, batch: int, phase: int = 0
) -> float:
    return seconds(profile, hardware, before, batch, phase) / seconds(
        profile, hardware, after, batch, phase
    )


def compared(
    profile: ModelProfile | Phase, hardware: str, before: Setup, after: Setup, batch: int,
    phase: int = 0,
) -> float:  # fmt: skip
    """Speed-up by the setups themselves, where no strategy stands for the knob alone."""
    part = load.hardware_by_id(hardware)
    run = profile if isinstance(profile, Phase) else profile.phases[phase]
    native = "float32" if isinstance(profile, Phase) else profile.dtype
    columns = setup_columns([before, after], native, part)
    table, one = operator_table(run), np.ones(2)
    asked = Load(one * batch, one * table.query_tokens, one * table.context_tokens, one)
    slow, fast = phase_seconds(table, columns, asked, part, "expected")
    return float(slow / fast)


DECODE = 1
COMPILED_INT8 = "torch-compile,int8-weight-only"


def test_compiled_int8_weights_speed_decoding_as_published() -> None:
    # For 7-8B models at batch 1 on an A100, compiled: 1.59 to 1.6 (torchao read-me, 2025-01),
    # 1.47 to 1.48 (gpt-fast).
    found = speedup(decoder(), "a100-80-sxm", "torch-compile", COMPILED_INT8, 1, DECODE)
    assert 1.45 <= found <= 1.7


def test_int8_weights_win_less_in_large_batches() -> None:
    one, many = (
        speedup(decoder(), "a100-80-sxm", "torch-compile", COMPILED_INT8, batch, DECODE)
        for batch in (1, 512)
    )
    assert many < one


def test_compiled_int8_weights_lose_where_prefill_decides() -> None:
    # torchao's workflows page, vllm 0.13 on H100: 0.652 to 0.912 of the speed in bf16, the less
    # the more of it is prefill; the conversions are paid for every tile of rows.
    found = speedup(decoder(), "h100-sxm", "torch-compile", COMPILED_INT8, 8)
    assert 0.6 <= found <= 0.92


def test_int4_weights_win_at_batch_one_and_lose_batched() -> None:
    # torchao read-me 1.87 to 1.9 on A100 and H100; TinyChat on RTX 4090 1.23 to 2.97;
    # TensorRT-LLM batched, H200: 0.75 to 1.03.
    compiled = Setup(execution="compiled")
    int4 = Setup(execution="compiled", weight_format="int4")

    def found(hardware: str, batch: int) -> float:
        return compared(decoder(), hardware, compiled, int4, batch, DECODE)

    head = 1.1  # what this decoder gains by having no output layer, which stays in 16 bits
    assert 1.73 <= found("a100-80-sxm", 1) <= 1.9 * head
    assert 1.23 <= found("rtx4090", 1) <= 2.97 * head
    assert 0.75 <= found("h200-sxm", 512) <= 1.03


def test_dynamic_int8_pays_for_quantizing_what_it_wins_in_arithmetic() -> None:
    # SAM ViT-H on A100, int8 attention and feed-forward, compiled: 1.09; twice the rate of
    # arithmetic would be 2.
    dynamic = Setup(execution="compiled", weight_format="int8", linear_activation_format="int8")
    vit = encoder(layers=32, hidden=1280, tokens=1024, dtype="bfloat16")
    found = compared(vit, "a100-80-sxm", Setup(execution="compiled"), dynamic, 8)
    assert 1.0 <= found <= 1.5


def test_channels_last_concerns_convolutions_only() -> None:
    half = Setup(float_format="fp16")
    last = Setup(float_format="fp16", channels_last=True)
    assert compared(encoder(), "rtx4090", half, last, 8) == 1
    assert 1.0 < compared(convnet(pixels=56), "rtx4090", half, last, 64) < 1.6
    full = Setup(channels_last=True)
    assert compared(convnet(), "v100-16-sxm2", Setup(), full, 64) == 1


def test_a_recorded_graph_leaves_no_launches() -> None:
    part = load.hardware_by_id("h100-sxm")
    slow = replace(part.efficiency, launch_us=Quantity.exact(50.0))
    slow_host = replace(part, efficiency=slow)
    table, one = operator_table(encoder(tokens=16).phases[0]), np.ones(2)
    setups = [Setup(execution="compiled"), Setup(execution="captured")]
    columns = setup_columns(setups, "float32", part)
    asked = Load(one, one * table.query_tokens, one * table.context_tokens, one)
    compiled, captured = phase_seconds(table, columns, asked, slow_host, "expected")
    device = phase_seconds(table, columns, asked, part, "expected")[1]
    assert compiled > 2 * captured
    assert captured == device


def test_uncompiled_int8_weights_are_slower_at_batch_one() -> None:
    assert speedup(decoder(), "a100-80-sxm", "", "int8-weight-only", 1, DECODE) < 1


def test_uncompiled_dynamic_int8_is_a_large_loss_at_batch_one() -> None:
    # torchao read-me, 2025-01: 0.09 of the speed for 7-8B decoding at batch 1 on an A100.
    small = decoder(layers=32, hidden=2048)
    assert speedup(small, "a100-80-sxm", "", "int8-dynamic", 1, DECODE) < 0.5


def test_mixed_precision_loses_at_batch_one_and_wins_at_64() -> None:
    # NVIDIA DeepLearningExamples, ResNet-50 on V100 and T4: 0.81 at batch 1, where the casts are
    # further launches; 2.7 to 2.9 at batch 64 and above.
    resnet = Phase("forward", 1, image_model("resnet50", 224))
    one, many = (
        compared(resnet, "v100-16-sxm2", Setup(), Setup(autocast="fp16"), batch)
        for batch in (1, 64)
    )
    assert 0.7 <= one < 1
    assert 2.3 <= many <= 3.6


@pytest.mark.parametrize("hardware", ["a100-80-sxm", "cpu-2vcpu"])
def test_masked_weights_change_no_time(hardware: str) -> None:
    assert speedup(encoder(), hardware, "", "unstructured-pruning:ratio=0.9", 8) == 1


def test_fewer_channels_take_the_square_of_the_arithmetic() -> None:
    # Torch-Pruning read-me, 2025-09: half the channels of a ResNet-50 run 2.19 times as fast;
    # without norms and activations, which fall with the channels only, it would be 4.
    found = speedup(convnet(), "rtx4090", "", "structured-pruning:ratio=0.5", 64)
    assert 1.9 < found < 4.0


def test_compiling_wins_where_launches_decide_and_little_where_arithmetic_does() -> None:
    small = speedup(encoder(tokens=16), "h100-sxm", "", "torch-compile", 1)
    large = speedup(encoder(hidden=4096, tokens=2048), "h100-sxm", "", "torch-compile", 32)
    assert small > 1.5
    assert 1.0 <= large < 1.4


def test_bfloat16_halves_what_bandwidth_bound_decoding_reads() -> None:
    found = speedup(
        decoder(dtype="float32"), "a100-80-sxm", "torch-compile", "torch-compile,bf16", 1, DECODE
    )
    assert 1.8 < found <= 2.0  # but for what each kernel takes whatever its size


def test_a_part_without_16_bit_units_computes_no_faster_in_16_bits() -> None:
    compute_bound = encoder(hidden=2048, tokens=512)
    assert speedup(compute_bound, "cpu-2vcpu", "", "bf16", 16) < 1.2


def test_seconds_grow_with_the_batch() -> None:
    profile = encoder()
    times = [seconds(profile, "a100-80-sxm", "", batch) for batch in (1, 4, 16, 64)]
    assert times == sorted(times)


def test_the_cost_of_attention_is_quadratic_in_the_prompt() -> None:
    def attention_seconds(tokens: int) -> float:
        part = load.hardware_by_id("a100-80-sxm")
        table = operator_table(encoder(hidden=64, layers=1).phases[0])
        columns = setup_columns([Setup()], "float32", part)
        one = np.ones(1)
        asked = Load(one, one * tokens, one * tokens, one)
        return float(phase_seconds(table, columns, asked, part, "low")[0])

    assert attention_seconds(65_536) / attention_seconds(32_768) > 3
