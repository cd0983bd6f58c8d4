"""Decoders at their published sizes: the facts of each model's public `config.json`."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]


def causal(model_type: str, architecture: str, **facts: Any) -> Facts:
    return {
        "model_type": model_type,
        "architectures": [architecture],
        "torch_dtype": "bfloat16",
        **facts,
    }


def _shape(
    hidden: int, layers: int, heads: int, key_value_heads: int, inner: int, vocabulary: int
) -> Facts:
    """The sizes that most configurations name alike."""
    return {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": key_value_heads,
        "intermediate_size": inner,
        "vocab_size": vocabulary,
    }


DECODERS: dict[str, Facts] = {
    "llama-2-7b": causal("llama", "LlamaForCausalLM", **_shape(4096, 32, 32, 32, 11008, 32000)),
    "llama-3.1-8b": causal(
        "llama", "LlamaForCausalLM", **_shape(4096, 32, 32, 8, 14336, 128256), rope_theta=500000.0
    ),
    "llama-3.1-405b": causal(
        "llama", "LlamaForCausalLM", **_shape(16384, 126, 128, 8, 53248, 128256)
    ),
    "mistral-7b": causal(
        "mistral",
        "MistralForCausalLM",
        **_shape(4096, 32, 32, 8, 14336, 32000),
        sliding_window=4096,
    ),
    "qwen2.5-7b": causal("qwen2", "Qwen2ForCausalLM", **_shape(3584, 28, 28, 4, 18944, 152064)),
    "qwen3-8b": causal(
        "qwen3", "Qwen3ForCausalLM", **_shape(4096, 36, 32, 8, 12288, 151936), head_dim=128
    ),
    "gemma-7b": causal(
        "gemma", "GemmaForCausalLM", **_shape(3072, 28, 16, 16, 24576, 256000), head_dim=256
    ),
    "gemma-2-27b": causal(
        "gemma2",
        "Gemma2ForCausalLM",
        **_shape(4608, 46, 32, 16, 36864, 256000),
        head_dim=128,
        query_pre_attn_scalar=144,
    ),
    "phi-2": causal(
        "phi",
        "PhiForCausalLM",
        **_shape(2560, 32, 32, 32, 10240, 51200),
        partial_rotary_factor=0.4,
    ),
    "phi-3-mini": causal(
        "phi3", "Phi3ForCausalLM", **_shape(3072, 32, 32, 32, 8192, 32064), pad_token_id=32000
    ),
    "gpt2-xl": causal(
        "gpt2", "GPT2LMHeadModel", n_embd=1600, n_layer=48, n_head=25, vocab_size=50257
    ),
    "gpt-neox-20b": causal(
        "gpt_neox", "GPTNeoXForCausalLM", **_shape(6144, 44, 64, 64, 24576, 50432)
    ),
    "opt-6.7b": causal(
        "opt",
        "OPTForCausalLM",
        hidden_size=4096,
        num_hidden_layers=32,
        num_attention_heads=32,
        ffn_dim=16384,
        word_embed_proj_dim=4096,
        vocab_size=50272,
    ),
    "bloom-7b1": causal(
        "bloom", "BloomForCausalLM", hidden_size=4096, n_layer=30, n_head=32, vocab_size=250880
    ),
    "falcon-7b": causal(
        "falcon",
        "FalconForCausalLM",
        hidden_size=4544,
        num_hidden_layers=32,
        num_attention_heads=71,
        vocab_size=65024,
        multi_query=True,
        parallel_attn=True,
        new_decoder_architecture=False,
    ),
    "mpt-7b": causal(
        "mpt", "MptForCausalLM", d_model=4096, n_layers=32, n_heads=32, vocab_size=50432
    ),
    "mamba-130m": causal(
        "mamba",
        "MambaForCausalLM",
        hidden_size=768,
        num_hidden_layers=24,
        state_size=16,
        vocab_size=50280,
    ),
}


MIXTURES: dict[str, Facts] = {
    "mixtral-8x7b": causal(
        "mixtral",
        "MixtralForCausalLM",
        **_shape(4096, 32, 32, 8, 14336, 32000),
        num_local_experts=8,
        num_experts_per_tok=2,
    ),
    "qwen2-moe-a2.7b": causal(
        "qwen2_moe",
        "Qwen2MoeForCausalLM",
        **_shape(2048, 24, 16, 16, 5632, 151936),
        moe_intermediate_size=1408,
        shared_expert_intermediate_size=5632,
        num_experts=60,
        num_experts_per_tok=4,
    ),
    "qwen3-30b-a3b": causal(
        "qwen3_moe",
        "Qwen3MoeForCausalLM",
        **_shape(2048, 48, 32, 4, 6144, 151936),
        head_dim=128,
        moe_intermediate_size=768,
        num_experts=128,
        num_experts_per_tok=8,
    ),
    "gpt-oss-20b": causal(
        "gpt_oss",
        "GptOssForCausalLM",
        **_shape(2880, 24, 64, 8, 2880, 201088),
        head_dim=64,
        num_local_experts=32,
        num_experts_per_tok=4,
    ),
    "deepseek-v2": causal(
        "deepseek_v2",
        "DeepseekV2ForCausalLM",
        **_shape(5120, 60, 128, 128, 12288, 102400),
        moe_intermediate_size=1536,
        n_routed_experts=160,
        n_shared_experts=2,
        num_experts_per_tok=6,
        n_group=8,
        topk_group=3,
        topk_method="group_limited_greedy",
        first_k_dense_replace=1,
        kv_lora_rank=512,
        q_lora_rank=1536,
        qk_nope_head_dim=128,
        qk_rope_head_dim=64,
        v_head_dim=128,
    ),
    "deepseek-v3": causal(
        "deepseek_v3",
        "DeepseekV3ForCausalLM",
        **_shape(7168, 61, 128, 128, 18432, 129280),
        moe_intermediate_size=2048,
        n_routed_experts=256,
        n_shared_experts=1,
        num_experts_per_tok=8,
        n_group=8,
        topk_group=4,
        first_k_dense_replace=3,
        kv_lora_rank=512,
        q_lora_rank=1536,
        qk_nope_head_dim=128,
        qk_rope_head_dim=64,
        v_head_dim=128,
    ),
}
