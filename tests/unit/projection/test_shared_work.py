"""What formats, layouts and shared work do to bytes and seconds, against figures made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.profiling.profile import ModelProfile
from advisor.projection.engine import Evaluation, evaluate
from advisor.projection.setup import CacheFormat, Setup
from tests.support.profiles import decoder, encoder, written_attention
from tests.support.scenarios import scenario

PLAIN = Setup()


def run(
    profile: ModelProfile, setup: Setup, hardware: str = "h100-sxm", *settings: str,
    workload: str = "batch-scoring",
) -> Evaluation:  # fmt: skip
    return evaluate(scenario(profile, hardware, workload, settings=settings), [setup])


def latency(profile: ModelProfile, setup: Setup, hardware: str = "h100-sxm") -> float:
    return float(run(profile, setup, hardware).served.latency_s[0])


@pytest.mark.parametrize(("group", "bits"), [(32, 5.0), (64, 4.5), (128, 4.25)])
def test_four_bit_weights_take_their_scales_with_them(group: int, bits: float) -> None:
    model = encoder(dtype="bfloat16")
    held = run(model, Setup(weight_format="int4", weight_group=group)).weights_bytes[0]
    assert held / run(model, PLAIN).weights_bytes[0] == pytest.approx(bits / 16)


def test_tf32_makes_32_bit_products_faster_and_moves_no_byte_less() -> None:
    model, rounded = encoder(hidden=2048, tokens=512), Setup(products="tf32")
    assert latency(model, rounded, "a100-80-sxm") < 0.7 * latency(model, PLAIN, "a100-80-sxm")
    held = run(model, rounded).served.memory_bytes[0]
    assert held == run(model, PLAIN).served.memory_bytes[0]
    sixteen = encoder(hidden=2048, tokens=512, dtype="bfloat16")
    assert latency(sixteen, rounded) == latency(sixteen, PLAIN)


def test_fp8_gains_where_its_kernels_are_fused_and_loses_where_they_are_not() -> None:
    fp8 = Setup(weight_format="fp8", linear_activation_format="fp8")
    wide, small = (encoder(2, 8192, 4096, dtype="bfloat16"), encoder(2, 128, dtype="bfloat16"))
    compiled = Setup(execution="compiled")
    fused = replace(fp8, execution="compiled")
    assert 0.5 < latency(wide, fused) / latency(wide, compiled) < 0.8
    assert latency(small, fp8) > latency(small, PLAIN)


@pytest.mark.parametrize(("stored", "bits"), [("fp8", 8.0), ("int8", 8.5), ("int4", 4.5)])
def test_a_quantized_cache_takes_fewer_bytes(stored: CacheFormat, bits: float) -> None:
    from advisor.projection.columns import setup_columns
    from advisor.projection.memory import key_value_bytes

    given = scenario(decoder(), "h100-sxm", "chat-serving")
    columns = setup_columns([PLAIN, Setup(key_value_format=stored)], "bfloat16", given.hardware)
    before, after = key_value_bytes(given.profile, columns, 1000.0)
    assert after / before == pytest.approx(bits / 16)


def test_a_quantized_cache_pays_under_an_engine_and_not_in_plain_pytorch() -> None:
    long = ("serving.prompt_tokens=30000", "serving.requests_per_month=50000000")

    def accelerators(engine: str | None, stored: CacheFormat) -> float:
        setup = Setup(engine=engine, key_value_format=stored)
        found = run(decoder(), setup, "h100-sxm", *long, workload="chat-serving")
        return float(found.fleet.serving_accelerators[0])

    assert accelerators("vllm", "fp8") < accelerators("vllm", "native")
    assert accelerators(None, "fp8") > accelerators("vllm", "fp8")


def test_fused_attention_changes_models_that_write_it_out_alone() -> None:
    fused = Setup(attention="fused")
    written, already = written_attention(tokens=1024), encoder(tokens=1024)
    assert latency(written, fused) < latency(written, PLAIN)
    assert latency(already, fused) == latency(already, PLAIN)


def test_a_batch_waits_for_its_last_request() -> None:
    month = "serving.requests_per_month=2628000"  # one a second
    found = run(encoder(), Setup(request_batch=16), "h100-sxm", month)
    assert found.served.batch_size[0] == 16
    assert found.served.gathering_s[0] == pytest.approx(15.0, rel=0.01)
    objective = "serving.latency_objective_ms=5000"
    assert not run(
        encoder(), Setup(request_batch=16), "h100-sxm", month, objective
    ).served.meets_objectives[0]
    assert run(encoder(), PLAIN, "h100-sxm", month).served.gathering_s[0] == 0


def test_known_answers_take_their_share_of_the_demand_away() -> None:
    half = ("serving.repeat_fraction=0.5", "serving.requests_per_month=1e12")
    cached, plain = (
        run(encoder(), setup, "h100-sxm", *half).fleet.serving_accelerators[0]
        for setup in (Setup(responses_cached=True), PLAIN)
    )
    assert cached == pytest.approx(plain / 2, rel=0.01)


def test_training_in_float16_alone_is_not_projected() -> None:
    step = run(encoder(), Setup(float_format="fp16"), workload="fine-tuning").trained.step_s
    assert step == run(encoder(), PLAIN, workload="fine-tuning").trained.step_s
