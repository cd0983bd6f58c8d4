"""The memory of a deep decoder told from a few of its blocks, against that of all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from advisor.models.blocks import with_chain
from advisor.models.config_files import ConfigFacts
from advisor.models.loaded import LoadedModel
from advisor.models.transformers_config import from_facts
from advisor.profiling.blocks import shortcut_through
from advisor.profiling.memory import METHOD, profile_memory
from tests.zoo.decoders import causal

TOKENS = 16
DEPTH = 6
WIDTH: dict[str, Any] = {
    "hidden_size": 32, "num_attention_heads": 4, "vocab_size": 64, "num_hidden_layers": DEPTH,
    "max_position_embeddings": 64, "pad_token_id": 0,
}  # fmt: skip
GROUPED: dict[str, Any] = {**WIDTH, "num_key_value_heads": 2, "intermediate_size": 48}
HEADS: dict[str, Any] = {**GROUPED, "head_dim": 8}
MIXTURE: dict[str, Any] = {**HEADS, "num_experts_per_tok": 2, "moe_intermediate_size": 16}
LATENT: dict[str, Any] = {
    **WIDTH, "num_key_value_heads": 4, "intermediate_size": 48, "moe_intermediate_size": 16,
    "num_experts_per_tok": 2, "n_routed_experts": 4, "n_shared_experts": 1, "n_group": 1,
    "topk_group": 1, "kv_lora_rank": 8, "q_lora_rank": 8, "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 8, "v_head_dim": 8,
}  # fmt: skip
CASES: dict[str, dict[str, Any]] = {
    "blocks hold most": causal("llama", "LlamaForCausalLM", **GROUPED),
    "the vocabulary holds most": causal(
        "llama", "LlamaForCausalLM", **{**GROUPED, "vocab_size": 20_000}
    ),
    "tied": causal(
        "llama", "LlamaForCausalLM", **{**GROUPED, "vocab_size": 5_000}, tie_word_embeddings=True
    ),
    "mistral, windowed": causal("mistral", "MistralForCausalLM", **GROUPED, sliding_window=8),
    "qwen2": causal("qwen2", "Qwen2ForCausalLM", **GROUPED),
    "qwen3": causal("qwen3", "Qwen3ForCausalLM", **HEADS),
    "gemma": causal("gemma", "GemmaForCausalLM", **HEADS),
    "gemma2, in turn": causal("gemma2", "Gemma2ForCausalLM", **HEADS, sliding_window=8),
    "olmo2": causal("olmo2", "Olmo2ForCausalLM", **GROUPED),
    "phi3": causal("phi3", "Phi3ForCausalLM", **GROUPED),
    "granite": causal("granite", "GraniteForCausalLM", **GROUPED),
    "stablelm": causal("stablelm", "StableLmForCausalLM", **GROUPED),
    "gpt2": causal("gpt2", "GPT2LMHeadModel", n_embd=32, n_head=4, n_layer=DEPTH, vocab_size=64),
    "opt": causal("opt", "OPTForCausalLM", **WIDTH, ffn_dim=48, word_embed_proj_dim=32),
    "gpt-neox": causal("gpt_neox", "GPTNeoXForCausalLM", **WIDTH, intermediate_size=48),
    "bloom": causal(
        "bloom", "BloomForCausalLM", hidden_size=32, n_head=4, n_layer=DEPTH, vocab_size=64
    ),
    "falcon": causal("falcon", "FalconForCausalLM", **WIDTH),
    "mixtral": causal("mixtral", "MixtralForCausalLM", **GROUPED, num_local_experts=4),
    "qwen3-moe": causal("qwen3_moe", "Qwen3MoeForCausalLM", **MIXTURE, num_experts=4),
    "deepseek-v3, dense first": causal(
        "deepseek_v3", "DeepseekV3ForCausalLM", **LATENT, first_k_dense_replace=3
    ),
    "gpt-oss, in turn": causal("gpt_oss", "GptOssForCausalLM", **MIXTURE, num_local_experts=4),
    "llama-4, three kinds": causal(
        "llama4_text", "Llama4ForCausalLM", **{**HEADS, "num_hidden_layers": 9},
        intermediate_size_mlp=48, num_local_experts=4, num_experts_per_tok=1,
        interleave_moe_layer_step=2, attention_chunk_size=64,
    ),
}  # fmt: skip


def decoder(name: str) -> LoadedModel:
    source = ConfigFacts(CASES[name], name)
    model = from_facts(name, source, weights=False, trust_remote_code=False)
    short = {key: value[:, :TOKENS] for key, value in model.keyword_inputs.items()}
    return with_chain(replace(model, keyword_inputs=short), follows_config=True)


@pytest.mark.parametrize("name", CASES)
def test_few_blocks_tell_the_memory_of_all(name: str) -> None:
    model = decoder(name)
    told, _ = profile_memory(model, shortcut_through(model))
    seen, _ = profile_memory(model, None)
    assert f"of its {model.blocks} blocks" in told.method
    assert seen.method == METHOD
    most = [found.inference_moments[0].held_bytes for found in (told, seen)]
    assert most[0] == most[1]
    # Which operator holds as much, and the weights seen by then, may be told of another block.
    assert replace(told, method=METHOD, inference_moments=()) == replace(seen, inference_moments=())
