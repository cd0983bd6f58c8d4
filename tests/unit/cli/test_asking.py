"""Requests as they are written, and what is said of those that cannot be answered."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from advisor.cli._asking import answer, check, read_request
from advisor.cli._bulk import Profiles, answers
from advisor.errors import AdvisorError, ModelError, UsageError
from advisor.measurement.result import ModelRequest
from advisor.profiling.profile import ModelProfile
from tests.support.profiles import convnet, decoder


class Known(Profiles):
    """Profiles that are there already; counts how often each is made."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, request: ModelRequest) -> ModelProfile:
        self.asked.append(request.reference)
        if request.reference == "broken":
            raise ModelError("broken: it has no layers")
        return decoder() if request.reference == "decoder" else convnet()


def lines(*requests: Mapping[str, object]) -> list[str]:
    return [json.dumps(each) for each in requests]


def results(*given: str) -> list[dict[str, object]]:
    return [json.loads(each) for each in answers(given, Known(), "requests")]


def test_one_result_a_line_in_order() -> None:
    batches = (1, 8, 64)
    found = results(
        *lines(*({"model": "net", "hardware": "t4", "batch": batch} for batch in batches))
    )
    assert [each["asked"]["batch_size"] for each in found] == list(batches)  # type: ignore[index] # JSON


def test_what_fails_fails_on_its_own_line() -> None:
    good = {"model": "net", "hardware": "t4"}
    found = results(
        *lines(good, {"model": "broken", "hardware": "t4"}, {**good, "hardware": "t5"}),
        "{",
        "3",
        *lines({**good, "bach": 3}, good),
    )
    assert ["error" in each for each in found] == [False, True, True, True, True, True, False]
    messages = [each["error"]["message"] for each in found[1:6]]  # type: ignore[index] # JSON
    for message, said in zip(
        messages, ("no layers", "'t5'", "requests:4", "requests:5", "bach"), strict=True
    ):
        assert said in message


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"batch": 0}, "batch"),
        ({"dtype": "fp12"}, "fp12"),
        ({"sharding_stage": 4}, "sharding_stage"),
        ({"engine": "tgi"}, "tgi"),
        ({"with": "int7"}, "int7"),
        ({"set": {"serving.nothing": 1}}, "nothing"),
        ({"set": {"link.nothing": 1}}, "nothing"),
        ({"workload": "nowhere.toml"}, "nowhere.toml"),
    ],
)
def test_a_bad_value_is_named(table: dict[str, object], said: str) -> None:
    with pytest.raises(AdvisorError, match=said):
        check(read_request({"model": "net", "hardware": "t4", **table}, "line 1"))


def test_keys_may_be_written_with_dashes_and_settings_as_a_table() -> None:
    given = {"model": "m", "prompt-tokens": 7, "set": {"link.inter_node_gbit_per_s": 400}}
    found = read_request(given, "line 1")
    assert found.prompt_tokens == 7
    assert found.set == ("link.inter_node_gbit_per_s=400",)


def test_settings_reach_the_hardware() -> None:
    plain = {"model": "m", "hardware": "a100-80-sxm", "engine": "static-cache"}
    slow = {**plain, "set": ["memory.bandwidth_gb_per_s=1000"]}
    times = []
    for table in (plain, slow):
        phase = answer(read_request(table, "line 1"), decoder()).phases["decode"]
        assert phase.time_s is not None
        times.append(phase.time_s.expected)
    assert times[1] > 1.5 * times[0]


def test_a_decoder_on_an_accelerator_is_served_by_an_engine_unless_told_otherwise() -> None:
    def engine(**table: object) -> str | None:
        return answer(read_request({"model": "m", **table}, "line 1"), decoder()).engine

    assert engine(hardware="h100-sxm") == "vllm"
    assert engine(hardware="h100-sxm", engine="pytorch") == "pytorch"
    assert engine(hardware="cpu-2vcpu") == "pytorch"


def test_a_model_is_not_projected_wider_than_it_is_held() -> None:
    request = read_request({"model": "m", "hardware": "t4", "dtype": "fp32"}, "line 1")
    with pytest.raises(UsageError, match=r"fp32.*bf16"):
        answer(request, decoder(dtype="bfloat16"))


def test_a_step_trains_on_its_micro_batches_of_all_ranks() -> None:
    table = {"model": "m", "hardware": "a100-80-sxm", "micro_batch": 2, "accumulation": 3}
    found = answer(read_request({**table, "data_parallel": 4}, "line 1"), decoder())
    assert found.asked.training_batch_size == 24
    assert found.phases["training_step"].accelerators == 4
