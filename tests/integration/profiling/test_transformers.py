"""Real architectures at small sizes, against PyTorch's own FLOP counter and the full trace."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

from advisor.models.blocks import with_chain
from advisor.models.loaded import DecoderShape, LoadedModel, WeightsOrigin
from advisor.profiling.run import profile

SIZES = {
    "hidden_size": 64,
    "num_attention_heads": 8,
    "intermediate_size": 128,
    "vocab_size": 100,
}
TOKENS = {"input_ids": torch.ones(2, 16, dtype=torch.long)}
IMAGE = {"pixel_values": torch.ones(2, 3, 32, 32)}
FORMULAS = {
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: lambda q, k, v, *_, **__: (
        2 * math.prod(q[:-1]) * k[-2] * (q[-1] + v[-1])
    ),
    torch.ops.aten._grouped_mm: lambda rows, experts, *_, **__: 2 * math.prod(rows) * experts[-1],
}


def llama(layers: int = 2, weights: WeightsOrigin = "random") -> LoadedModel:
    config = transformers.LlamaConfig(**SIZES, num_hidden_layers=layers, num_key_value_heads=2)
    with torch.device("meta" if weights == "meta" else "cpu"):
        module = transformers.LlamaForCausalLM(config).eval()
    model = LoadedModel(
        "llama",
        module,
        keyword_inputs=TOKENS,
        decoder=DecoderShape(layers, 64, 8, 2, 8, 100),
        weights=weights,
    )
    return with_chain(model, follows_config=True)


CASES = {
    "gpt2": lambda: transformers.GPT2LMHeadModel(
        transformers.GPT2Config(n_embd=64, n_layer=2, n_head=4, vocab_size=100)
    ),
    "bert": lambda: transformers.BertModel(transformers.BertConfig(**SIZES, num_hidden_layers=2)),
    "mixtral": lambda: transformers.MixtralForCausalLM(
        transformers.MixtralConfig(
            **SIZES, num_hidden_layers=2, num_key_value_heads=2, num_local_experts=4
        )
    ).bfloat16(),
    "vit": lambda: transformers.ViTForImageClassification(
        transformers.ViTConfig(
            hidden_size=64,
            num_hidden_layers=2,
            num_attention_heads=8,
            intermediate_size=128,
            image_size=32,
            patch_size=8,
        )
    ),
    "resnet": lambda: transformers.ResNetForImageClassification(
        transformers.ResNetConfig(
            embedding_size=8, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic"
        )
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("weights", ["random", "meta"])
def test_flops_equal_those_of_the_flop_counter(name: Any, weights: Any) -> None:
    module = CASES[name]().eval()
    inputs = IMAGE if name in ("vit", "resnet") else TOKENS
    with torch.no_grad(), FlopCounterMode(display=False, custom_mapping=FORMULAS) as counter:
        module(**inputs)
    if weights == "meta":
        module = module.to("meta")
        inputs = {key: value.to("meta") for key, value in inputs.items()}
    made = profile(LoadedModel(name, module, keyword_inputs=inputs, weights=weights))
    assert made.flops == counter.get_total_flops()
    assert sum(row.multiply_adds for row in made.modules if row.path == "") == made.multiply_adds


def test_what_fvcore_cannot_trace_is_counted_and_says_so() -> None:
    config = transformers.BloomConfig(hidden_size=64, n_layer=2, n_head=4, vocab_size=100)
    module = transformers.BloomForCausalLM(config).eval()
    made = profile(LoadedModel("bloom", module, keyword_inputs=TOKENS))
    assert made.counted_by == "FlopCounterMode"
    assert "not counted by fvcore" in made.notes[0]


def test_a_mixture_uses_some_of_its_experts() -> None:
    made = profile(LoadedModel("mixtral", CASES["mixtral"]().eval(), keyword_inputs=TOKENS))
    experts = 2 * 4 * 3 * 64 * 128
    assert made.parameters - made.active_parameters == experts // 2


@pytest.fixture(scope="module")
def shallow() -> Any:
    return profile(llama())


def test_prefill_and_decode_have_their_tokens(shallow: Any) -> None:
    prefill, decode = shallow.phases
    assert (prefill.name, prefill.query_tokens, prefill.context_tokens) == ("prefill", 16, 16)
    assert (decode.name, decode.query_tokens, decode.context_tokens) == ("decode", 1, 17)
    for phase in shallow.phases:
        (row,) = (each for each in phase.operators if each.kind == "attention")
        assert (row.m, row.n, row.k) == (phase.query_tokens, phase.context_tokens, 8)
        assert (row.batch, row.repeats) == (2 * 8, 2)


def test_decode_does_a_token_of_the_prefill_with_the_same_weights(shallow: Any) -> None:
    prefill, decode = (
        [each for each in phase.operators if each.kind == "matmul"] for phase in shallow.phases
    )
    assert [each.module for each in prefill] == [each.module for each in decode]
    for many, one in zip(prefill, decode, strict=True):
        assert many.multiply_adds == 16 * one.multiply_adds
        assert many.weight_bytes == one.weight_bytes


def test_repeated_blocks_are_one_row(shallow: Any) -> None:
    paths = {each.module: each.repeats for each in shallow.phases[0].operators}
    assert paths["model.layers.*.mlp.up_proj"] == 2


def test_few_blocks_tell_what_all_of_them_do() -> None:
    model = llama(7)
    told = profile(model)
    seen = profile(LoadedModel(**{**vars(model), "with_layers": None}))
    assert "of its 7 blocks" in told.memory.method
    assert told.phases == seen.phases
    assert told.modules == seen.modules
    assert told.uncounted_operators == seen.uncounted_operators
    for field in ("inference_peak_bytes", "training_activation_bytes", "training_peak_bytes"):
        assert getattr(told.memory, field) == pytest.approx(getattr(seen.memory, field), rel=0.01)
