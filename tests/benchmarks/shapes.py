"""Configurations of published models by their stated shapes, and their profiles."""

from __future__ import annotations

import functools
from typing import Any

from advisor.measurement.resized import resized
from advisor.measurement.result import ModelRequest
from advisor.models.config_files import ConfigFacts
from advisor.models.known import load as load_known
from advisor.models.loaded import LoadedModel
from advisor.models.transformers_config import from_facts
from advisor.profiling.profile import ModelProfile
from advisor.profiling.run import profile

# Width, heads, layers: mosaicml/llm-foundry, scripts/train/yamls/pretrain/mpt-*.yaml.
MPT = {
    "125m": (768, 12, 12), "350m": (1024, 16, 24), "760m": (1536, 12, 24), "1b": (2048, 16, 24),
    "3b": (2560, 20, 32), "7b": (4096, 32, 32), "13b": (5120, 40, 40), "30b": (7168, 56, 48),
    "70b": (8192, 64, 80),
}  # fmt: skip
# Width, feed-forward width, layers, heads, key-value heads, vocabulary, tied: config.json of each.
QWEN = {
    "qwen2-0.5b": (896, 4864, 24, 14, 2, 151936, True),
    "qwen2-1.5b": (1536, 8960, 28, 12, 2, 151936, True),
    "qwen2-7b": (3584, 18944, 28, 28, 4, 152064, False),
    "qwen2-72b": (8192, 29568, 80, 64, 8, 152064, False),
    "qwen2.5-14b": (5120, 13824, 48, 40, 8, 152064, False),
}
ALIKE = {f"qwen2.5-{size}": f"qwen2-{size}" for size in ("0.5b", "1.5b", "7b")}
LLAMA = {
    "llama-2-7b": (4096, 11008, 32, 32, 32, 32000),
    "llama-2-70b": (8192, 28672, 80, 64, 8, 32000),
}
TOKENS = 2048


def mpt_config(size: str) -> dict[str, Any]:
    width, heads, layers = MPT[size]
    return {
        "model_type": "mpt", "d_model": width, "n_heads": heads, "n_layers": layers,
        "max_seq_len": 2 * TOKENS, "vocab_size": 50368, "no_bias": True, "dtype": "float32",
        "tie_word_embeddings": True, "architectures": ["MptForCausalLM"],
    }  # fmt: skip


def qwen_config(name: str) -> dict[str, Any]:
    width, inner, layers, heads, key_value_heads, vocabulary, tied = QWEN[name]
    return {
        "model_type": "qwen2", "hidden_size": width, "intermediate_size": inner,
        "num_hidden_layers": layers, "num_attention_heads": heads,
        "num_key_value_heads": key_value_heads, "vocab_size": vocabulary, "dtype": "bfloat16",
        "tie_word_embeddings": tied, "max_position_embeddings": 32768, "rms_norm_eps": 1e-6,
        "architectures": ["Qwen2ForCausalLM"],
    }  # fmt: skip


def llama_config(name: str) -> dict[str, Any]:
    width, inner, layers, heads, key_value_heads, vocabulary = LLAMA[name]
    return {
        "model_type": "llama", "hidden_size": width, "intermediate_size": inner,
        "num_hidden_layers": layers, "num_attention_heads": heads,
        "num_key_value_heads": key_value_heads, "vocab_size": vocabulary, "dtype": "bfloat16",
        "tie_word_embeddings": False, "architectures": ["LlamaForCausalLM"],
    }  # fmt: skip


def _model(name: str) -> LoadedModel:
    if name.startswith("mpt-"):
        built = _from(name, mpt_config(name.removeprefix("mpt-")))
        return resized(built, ModelRequest(name, batch_size=1, sequence_tokens=TOKENS))
    if name in QWEN:
        return _from(name, qwen_config(name))
    if name in LLAMA:
        return _from(name, llama_config(name))
    return load_known(name, weights=False, trust_remote_code=False)


def _from(name: str, config: dict[str, Any]) -> LoadedModel:
    source = ConfigFacts(config, name)
    return from_facts(name, source, weights=False, trust_remote_code=False)


@functools.cache
def profiled(name: str) -> ModelProfile:
    """The profile of `name`, counted once in a run."""
    if name in ALIKE:
        return profiled(ALIKE[name])
    return profile(_model(name))
