"""Parameters of language models against a table of them: total, active, and key-value bytes.

`python -m tests.benchmarks.llm_reference TABLE.csv`, where each row of TABLE.csv states a model's
architecture (hidden, layers, heads, kv_heads, head_dim, ffn, vocab, tied_embeddings, and the
experts of a mixture) and its total_params_exact, active_params_exact and
kv_cache_bytes_per_token_bf16. The models are built on the meta device from those columns alone.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

from advisor.errors import ExitCode
from advisor.models.config_files import ConfigFacts
from advisor.models.transformers_config import from_facts
from advisor.profiling.parameters import held_by_module, summarise_parameters

_TYPES = {
    "Llama": ("llama", "LlamaForCausalLM"),
    "Mistral": ("mistral", "MistralForCausalLM"),
    "Mixtral": ("mixtral", "MixtralForCausalLM"),
    "Qwen2.5": ("qwen2", "Qwen2ForCausalLM"),
    "Qwen3": ("qwen3", "Qwen3ForCausalLM"),
    "Gemma-2": ("gemma2", "Gemma2ForCausalLM"),
    "Phi-3": ("phi3", "Phi3ForCausalLM"),
    "GPT-2": ("gpt2", "GPT2LMHeadModel"),
    "OPT": ("opt", "OPTForCausalLM"),
    "gpt-oss": ("gpt_oss", "GptOssForCausalLM"),
    "DeepSeek-V2": ("deepseek_v2", "DeepseekV2ForCausalLM"),
}
BYTES_OF_BFLOAT16 = 2


def facts(row: dict[str, str]) -> dict[str, Any]:
    """The configuration of the row's model."""
    prefix = next(each for each in _TYPES if row["model"].startswith(each))
    model_type, architecture = _TYPES[prefix]
    sizes = {
        "hidden_size": "hidden", "num_hidden_layers": "layers", "num_attention_heads": "heads",
        "num_key_value_heads": "kv_heads", "head_dim": "head_dim", "intermediate_size": "ffn",
        "vocab_size": "vocab", "num_local_experts": "n_experts", "n_routed_experts": "n_experts",
        "num_experts_per_tok": "experts_per_tok", "moe_intermediate_size": "moe_ffn",
        "n_shared_experts": "n_shared_experts", "kv_lora_rank": "kv_lora_rank",
        "first_k_dense_replace": "first_dense_layers", "q_lora_rank": "q_lora_rank",
        "ffn_dim": "ffn", "n_embd": "hidden", "n_layer": "layers", "n_head": "heads",
    }  # fmt: skip
    stated = {key: int(row[column]) for key, column in sizes.items() if row[column].isdigit()}
    return {
        "model_type": model_type,
        "architectures": [architecture],
        "tie_word_embeddings": row["tied_embeddings"] == "True",
        **_own(model_type, stated),
    }


def _own(model_type: str, stated: dict[str, int]) -> dict[str, Any]:
    """What a family names otherwise, or states beside the common sizes."""
    if model_type == "gpt2":
        return {key: stated[key] for key in ("n_embd", "n_layer", "n_head", "vocab_size")}
    if model_type == "opt":
        return {**stated, "word_embed_proj_dim": stated["hidden_size"]}
    if model_type == "phi3":
        return {**stated, "pad_token_id": None}
    return stated


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tests.benchmarks.llm_reference TABLE.csv\n")
        return ExitCode.USAGE
    worst = [0.0, 0.0, 0.0]
    sys.stdout.write(
        f"{'model':22} {'parameters':>15} {'active':>15} {'cache B/token':>13}  errors\n"
    )
    with Path(arguments[0]).open(newline="") as file:
        for row in csv.DictReader(file):
            source = ConfigFacts(facts(row), row["model"])
            model = from_facts(row["model"], source, weights=False, trust_remote_code=False)
            decoder = model.decoder
            held = summarise_parameters(model.module, held_by_module(model.module)[model.module])
            found = (
                held.count,
                held.active,
                decoder.key_value_elements_per_token() * BYTES_OF_BFLOAT16 if decoder else 0,
            )
            stated = (
                int(row["total_params_exact"]),
                int(row["active_params_exact"]),
                int(row["kv_cache_bytes_per_token_bf16"]),
            )
            errors = [abs(a / b - 1) for a, b in zip(found, stated, strict=True)]
            worst = [max(each) for each in zip(worst, errors, strict=True)]
            sys.stdout.write(
                f"{row['model']:22} {found[0]:15} {found[1]:15} {found[2]:13}  "
                f"{'  '.join(f'{each:.3%}' for each in errors)}\n"
            )
    sys.stdout.write(f"largest errors: {'  '.join(f'{each:.3%}' for each in worst)}\n")
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
