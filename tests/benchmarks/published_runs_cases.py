"""Real training runs whose accelerator hours, or dollars, were published.

Layouts (accelerators, parallel degrees, micro-batches) are those of the source where it states
them; `assumed` says which are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from advisor.projection.setup import Setup


@dataclass(frozen=True)
class PublishedRun:
    """`model` is a known model's id or the facts of a `config.json`."""

    name: str
    model: str | Mapping[str, Any]
    hardware: str
    tokens: float
    sequence_tokens: int
    batch_sequences: int
    setup: Setup
    hours: float
    """Accelerator hours, as published."""
    usd: float | None
    """As published, at the prices of its day."""
    source: str
    as_of: str
    assumed: str = ""
    settings: tuple[str, ...] = ()
    """Of the hardware, as `--set` gives them: what the source says of its machines."""
    layout_stated: bool = True
    """Where not, the fastest that fits the same accelerators is taken; `setup` says how many."""


def _llama_2(hidden: int, layers: int, heads: int, kv_heads: int, inner: int) -> Mapping[str, Any]:
    return {
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": hidden,
        "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": kv_heads,
        "intermediate_size": inner, "vocab_size": 32_000, "max_position_embeddings": 4_096,
        "torch_dtype": "bfloat16", "tie_word_embeddings": False,
    }  # fmt: skip


def _gpt_2(hidden: int, layers: int, heads: int) -> Mapping[str, Any]:
    return {
        "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": hidden,
        "n_layer": layers, "n_head": heads, "vocab_size": 50_257, "n_positions": 1_024,
        "torch_dtype": "bfloat16",
    }  # fmt: skip


LLAMA_7B = _llama_2(4_096, 32, 32, 32, 11_008)
MPT_7B = {
    "model_type": "mpt", "architectures": ["MptForCausalLM"], "d_model": 4_096, "n_heads": 32,
    "n_layers": 32, "expansion_ratio": 4, "max_seq_len": 2_048, "vocab_size": 50_432,
    "torch_dtype": "bfloat16",
}  # fmt: skip
BLOOM = {
    "model_type": "bloom", "architectures": ["BloomForCausalLM"], "hidden_size": 14_336,
    "n_layer": 70, "n_head": 112, "vocab_size": 250_880, "torch_dtype": "bfloat16",
}  # fmt: skip
LLAMA_2_CARD = "model card of Llama 2, huggingface.co/meta-llama/Llama-2-7b-hf"
LLAMA_3_CARD = "github.com/meta-llama/llama-models/blob/main/models/llama3_1/MODEL_CARD.md"
UNSTATED = "the layout, the fastest that fits: the card gives hours and tokens alone"
# Arxiv 2407.21783, section 3.3.1: 400 Gbit/s between accelerators, eight in a machine.
LLAMA_3_NETWORK = ("link.inter_node_gbit_per_s=3200",)
# Arxiv 2412.19437, section 3.2.2, of the H800: 160 GB/s within a machine, 50 between.
DEEPSEEK_NETWORK = ("link.inter_node_gbit_per_s=3200", "link.nvlink_gb_per_s=160")


def _sharded(ranks: int, tensor: int = 1, pipeline: int = 1, micro: int = 1) -> Setup:
    """Fused kernels, states sharded over the data-parallel ranks."""
    return Setup(
        execution="compiled", attention="fused", sharding_stage=1 if pipeline > 1 else 3,
        data_parallel=ranks, tensor_parallel=tensor, pipeline_parallel=pipeline, micro_batch=micro,
    )  # fmt: skip


RUNS = (
    PublishedRun(
        "GPT-2 124M, llm.c", _gpt_2(768, 12, 12), "a100-80-sxm", 10e9, 1_024, 512,
        Setup(execution="compiled", attention="fused", data_parallel=8, micro_batch=64),
        8 * 1.5, 20, "github.com/karpathy/llm.c/discussions/481", "2024-05",
    ),
    PublishedRun(
        "GPT-2 1.5B, llm.c", _gpt_2(1_600, 48, 25), "h100-sxm", 32_000 * 1_048_576, 1_024, 1_024,
        Setup(
            execution="compiled", attention="fused", data_parallel=8, micro_batch=16,
            sharding_stage=1,
        ),
        8 * 24, 672, "github.com/karpathy/llm.c/discussions/677", "2024-07",
        "32,000 steps of 2^20 tokens",
    ),
    PublishedRun(
        "Llama 2 7B", LLAMA_7B, "a100-80-sxm", 2e12, 4_096, 1_024, _sharded(512),
        184_320, None, LLAMA_2_CARD, "2023-07", UNSTATED, layout_stated=False,
    ),
    PublishedRun(
        "Llama 2 13B", _llama_2(5_120, 40, 40, 40, 13_824), "a100-80-sxm", 2e12, 4_096, 1_024,
        _sharded(512), 368_640, None, LLAMA_2_CARD, "2023-07", UNSTATED, layout_stated=False,
    ),
    PublishedRun(
        "Llama 2 70B", _llama_2(8_192, 80, 64, 8, 28_672), "a100-80-sxm", 2e12, 4_096, 1_024,
        _sharded(256, tensor=8), 1_720_320, None, LLAMA_2_CARD, "2023-07", UNSTATED,
        layout_stated=False,
    ),
    PublishedRun(
        "Llama 3.1 8B", "llama-3.1-8b", "h100-sxm", 15e12, 8_192, 1_024, _sharded(1_024),
        1_460_000, None, LLAMA_3_CARD, "2024-07",
        UNSTATED + "; hours hold long contexts and tuning", LLAMA_3_NETWORK, layout_stated=False,
    ),
    PublishedRun(
        "Llama 3.1 70B", "llama-3.1-70b", "h100-sxm", 15e12, 8_192, 2_048,
        _sharded(512, tensor=8), 7_000_000, None, LLAMA_3_CARD, "2024-07",
        UNSTATED + "; hours hold long contexts and tuning", LLAMA_3_NETWORK, layout_stated=False,
    ),
    PublishedRun(
        "Llama 3.1 405B", "llama-3.1-405b", "h100-sxm", 15.6e12, 8_192, 2_048,
        replace(_sharded(128, tensor=8, pipeline=16), virtual_stages=8),
        30_840_000, None, LLAMA_3_CARD, "2024-07",
        "a layer in each of the interleaved parts; hours hold long contexts and tuning",
        LLAMA_3_NETWORK,
    ),
    PublishedRun(
        "MPT-7B", MPT_7B, "a100-40-sxm", 1e12, 2_048, 1_760, _sharded(440, micro=4),
        9.5 * 24 * 440, 200_000, "databricks.com/blog/mpt-7b", "2023-05",
        "micro-batches of 4 sequences",
    ),
    PublishedRun(
        "BLOOM 176B", BLOOM, "a100-80-sxm", 366e9, 2_048, 2_048,
        replace(
            _sharded(8, tensor=4, pipeline=12, micro=2), checkpointing=True, attention="native"
        ),
        1_082_990, None,
        "Luccioni et al. 2023, arxiv.org/abs/2211.02001, table 1; layout: bigscience-workshop/"
        "bigscience train/tr11-176B-ml/tr11-176B-ml.slurm@003b250", "2022-11",
    ),
    PublishedRun(
        "DeepSeek-V3", "deepseek-v3", "h100-sxm", 14.8e12, 4_096, 15_360,
        replace(
            _sharded(128, pipeline=16), pipeline_schedule="dualpipe", expert_parallel=64,
        ), 2_664_000, 5_328_000,
        "arxiv.org/abs/2412.19437, table 1 (pre-training), layout in section 3.2", "2024-12",
        "H800 computes as H100; micro-batches of 1; trained in 8 bits, projected in 16; 2 USD an "
        "hour", DEEPSEEK_NETWORK,
    ),
    PublishedRun(
        "ChipNeMo 7B, continued", LLAMA_7B, "a100-80-sxm", 24.1e9, 4_096, 256,
        _sharded(32, tensor=4), 2_710, None, "arxiv.org/abs/2311.00176, training cost table",
        "2023-11", "layout on its 128 accelerators; hours hold a small supervised part",
    ),
    PublishedRun(
        "Alpaca 7B, fine-tuned", {**LLAMA_7B, "torch_dtype": "float32"}, "a100-80-sxm",
        52_000 * 3 * 512, 512, 128,
        # Its train.py loads the weights in 32 bits; the read-me's command runs --bf16.
        Setup(autocast="bf16", sharding_stage=3, data_parallel=8, micro_batch=4), 8 * 3, 100,
        "crfm.stanford.edu/2023/03/13/alpaca.html; tatsu-lab/stanford_alpaca train.py@15b51ae",
        "2023-03", "each sample fills its 512 tokens; dollars are an upper limit",
    ),
)  # fmt: skip
