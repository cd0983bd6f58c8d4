"""Exactly what is asked for is projected: phases, engines, layouts and intervals."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest

from advisor.catalog.load import engine_by_id
from advisor.catalog.quantity import Quantity
from advisor.errors import UnknownNameError
from advisor.profiling.profile import ModelProfile
from advisor.projection import serving_engine
from advisor.projection.exact import project_exactly
from advisor.projection.exact_result import Asked, Exact
from advisor.projection.result import Estimate
from advisor.projection.setup import Setup
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import scenario

ASKED = Asked(4, 512, 640, 128, 16, 512)


def exact(
    setup: Setup, asked: Asked = ASKED, hardware: str = "a100-80-sxm",
    profile: ModelProfile | None = None,
) -> Exact:  # fmt: skip
    return project_exactly(scenario(profile or decoder(), hardware), setup, asked)


def middle(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.expected


def seconds(setup: Setup, phase: str, asked: Asked = ASKED) -> float:
    return middle(exact(setup, asked).phases[phase].time_s)  # type: ignore[index] # a literal in each test


def test_a_decoder_has_four_phases_and_an_encoder_two() -> None:
    assert set(exact(Setup()).phases) == {"prefill", "decode", "inference", "training_step"}
    assert set(exact(Setup(), profile=encoder()).phases) == {"inference", "training_step"}


def test_bounds_are_in_order_and_throughput_is_the_inverse_of_time() -> None:
    for phase in exact(Setup(engine="vllm")).phases.values():
        assert phase.time_s is not None
        assert phase.throughput_per_s is not None
        assert phase.time_s.low <= phase.time_s.expected <= phase.time_s.high
        done = phase.throughput_per_s.expected * phase.time_s.expected
        assert phase.throughput_per_s.low * phase.time_s.high == pytest.approx(done)


def test_a_request_is_its_prefill_and_its_decode_steps() -> None:
    found = exact(Setup(engine="vllm"), replace(ASKED, context_tokens=512 + 64))
    whole = middle(found.phases["prefill"].time_s) + 128 * middle(found.phases["decode"].time_s)
    assert middle(found.phases["inference"].time_s) == pytest.approx(whole)


def test_an_engine_pays_for_its_host_time_once_a_step() -> None:
    engine = engine_by_id("vllm").serving
    assert engine is not None
    instant = replace(engine, step_ms=Quantity.exact(0.0))
    with_host = seconds(Setup(engine="vllm"), "decode")
    with patch.object(serving_engine, "serving_of", lambda _: instant):
        without = seconds(Setup(engine="vllm"), "decode")
    assert with_host - without == pytest.approx(engine.step_ms.expected * 1e-3, rel=1e-6)


def test_contexts_beyond_the_recorded_graphs_run_eager() -> None:
    inside, beyond = (
        exact(
            Setup(engine="vllm-0.4"), replace(ASKED, batch_size=1, context_tokens=tokens),
            profile=decoder(24, 896),
        ).phases["decode"].time_s
        for tokens in (8192, 8193)
    )  # fmt: skip
    assert middle(beyond) > 1.3 * middle(inside)


def test_an_unknown_engine_lists_those_that_serve() -> None:
    with pytest.raises(UnknownNameError, match=r"'vlm'.*vllm"):
        exact(Setup(engine="vlm"))


def test_an_engine_that_only_trains_does_not_serve() -> None:
    with pytest.raises(UnknownNameError, match="pytorch-training"):
        exact(Setup(engine="pytorch-training"))


def test_splitting_operators_divides_memory_and_pays_for_the_links() -> None:
    alone, two = exact(Setup()), exact(Setup(tensor_parallel=2))
    assert two.phases["decode"].accelerators == 2
    held = middle(two.phases["decode"].memory_bytes) / middle(alone.phases["decode"].memory_bytes)
    assert 0.5 <= held < 0.65
    faster = middle(alone.phases["prefill"].time_s) / middle(two.phases["prefill"].time_s)
    assert 1.0 < faster < 2.0


def test_a_pipeline_divides_memory_and_makes_no_single_request_faster() -> None:
    one = replace(ASKED, batch_size=1)
    alone, staged = exact(Setup(), one), exact(Setup(pipeline_parallel=4), one)
    assert middle(staged.phases["decode"].memory_bytes) < 0.4 * middle(
        alone.phases["decode"].memory_bytes
    )
    assert middle(staged.phases["decode"].time_s) >= middle(alone.phases["decode"].time_s)


def test_without_a_known_link_several_accelerators_have_no_time() -> None:
    given = scenario(decoder(), "a100-80-sxm")
    unlinked = replace(given, hardware=replace(given.hardware, link=None))
    found = project_exactly(unlinked, Setup(tensor_parallel=2), ASKED).phases["decode"]
    assert found.time_s is None
    assert found.missing is not None
    assert "link" in found.missing


def test_more_load_waits_longer_and_too_much_waits_for_ever() -> None:
    full = exact(Setup(engine="vllm"), replace(ASKED, requests_per_s=0.01)).at_load
    assert full is not None
    waits = []
    for share in (0.5, 0.9, 1.5):
        asked = replace(ASKED, requests_per_s=share * full.capacity_per_s.expected)
        found = exact(Setup(engine="vllm"), asked).at_load
        assert found is not None
        assert found.utilisation.expected == pytest.approx(share)
        waits.append(found.wait_s.expected if found.wait_s else None)
    assert waits[2] is None
    assert waits[1] is None or (waits[0] is not None and waits[1] > waits[0])


def test_chunks_of_prompts_keep_tokens_coming() -> None:
    asked = replace(ASKED, batch_size=16, prompt_tokens=4096, requests_per_s=0.1)
    whole = exact(Setup(engine="vllm"), asked).at_load
    chunked = exact(Setup(engine="vllm", chunked_prefill_tokens=512), asked).at_load
    assert whole is not None
    assert chunked is not None
    assert chunked.capacity_per_s.expected > whole.capacity_per_s.expected


def test_a_convolutional_net_counts_samples() -> None:
    found = exact(Setup(), Asked(32, None, None, 1, 32, None), profile=convnet())
    assert found.phases["inference"].throughput_unit == "samples"
    one = exact(Setup(), Asked(1, None, None, 1, 32, None), profile=convnet())
    assert middle(found.phases["inference"].time_s) > middle(one.phases["inference"].time_s)


@pytest.mark.parametrize(
    "serving_only",
    [
        Setup(float_format="fp16"),
        Setup(weight_format="int4"),
        Setup(weight_format="int8", linear_activation_format="int8"),
        Setup(key_value_format="int8"),
        Setup(channels_removed=0.5),
    ],
)
def test_what_is_done_to_a_finished_model_is_not_in_its_training_step(serving_only: Setup) -> None:
    plain, served = (exact(each).phases["training_step"] for each in (Setup(), serving_only))
    assert served.time_s == plain.time_s
    assert served.memory_bytes == plain.memory_bytes
