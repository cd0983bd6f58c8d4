"""Few blocks tell what the full trace tells, for every architecture of the zoo that repeats them.

Widths are the published ones and depths the least that tell; for all models at their depths, with
decoding, `python -m tests.benchmarks.repeats --equal` compares the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from advisor.models.blocks import with_chain
from advisor.models.config_files import ConfigFacts
from advisor.models.loaded import LoadedModel
from advisor.models.transformers_config import from_facts
from advisor.profiling.blocks import find_shortcut, shortcut_through
from advisor.profiling.counting import runnable_replica
from advisor.profiling.repeats import UnlikeBlocksError
from advisor.profiling.work import count_few_blocks, count_whole
from tests.zoo.decoders import causal
from tests.zoo.zoo import CONFIGS, NAMES, build

TOKENS = 16
LEAST = 4
DENSE_FIRST = {"num_hidden_layers": 5, "first_k_dense_replace": 2}
LEAST_OF_TWO_KINDS = {
    "gemma-2-27b": {"num_hidden_layers": 5},
    "gpt-oss-20b": {"num_hidden_layers": 5},
    "deepseek-v2": DENSE_FIRST,
    "deepseek-v3": DENSE_FIRST,
}
THREE_KINDS = {
    "llama-4": causal(
        "llama4_text",
        "Llama4ForCausalLM",
        hidden_size=32,
        num_hidden_layers=8,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        intermediate_size=48,
        intermediate_size_mlp=48,
        vocab_size=64,
        num_local_experts=4,
        num_experts_per_tok=1,
        interleave_moe_layer_step=2,
        attention_chunk_size=64,
    ),
    "nemotron-h, in no period": causal(
        "nemotron_h",
        "NemotronHForCausalLM",
        hidden_size=32,
        num_hidden_layers=8,
        hybrid_override_pattern="ME*MEMME",
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        intermediate_size=48,
        moe_intermediate_size=16,
        moe_shared_expert_intermediate_size=16,
        vocab_size=64,
        n_routed_experts=4,
        num_experts_per_tok=2,
        mamba_num_heads=4,
        mamba_head_dim=8,
        n_groups=1,
        ssm_state_size=8,
        chunk_size=16,
        max_position_embeddings=32,
    ),
}
TWO_CHAINS = "two chains of blocks, of which none is the model's own"
STAGES = "stages of other widths, none of them long"
NOT_STATED = "its configuration tells no number of layers"
NO_CHAIN = "no chain of blocks"
NO_SHORTCUT = {
    **dict.fromkeys(("t5-base", "bart-large", "whisper-small", "clip-vit-base-32"), TWO_CHAINS),
    "detr-resnet-50": TWO_CHAINS,
    **dict.fromkeys(("swin-tiny", "convnext-tiny", "resnet-50", "segformer-b0"), STAGES),
    **dict.fromkeys(("regnet-y-040", "efficientnet-b0", "mobilenet-v2", "unet"), STAGES),
    "wav2vec2-base": "runs in a loop that drops blocks",
    "beit-base": "each block has its own rate of stochastic depth",
    "sam-vit-base": "windows in most blocks, and the configuration of the whole tells no layers",
    "torch-transformer": "fewer than the shortcut is worth, in a loop with branches",
    "recommendation": "tables side by side, not one after the other",
    **dict.fromkeys(("mlp", "lstm", "lstm-projected", "gru", "rnn"), NO_CHAIN),
    **dict.fromkeys(("volumes", "signals", "fourier-mixer", "einsum-attention"), NO_CHAIN),
}
"""Models of the zoo that are counted whole, and why."""
FALLS_BACK = {"mamba-130m": "its first block alone takes what is not yet in 32 bits"}
"""Models whose blocks look alike and are found not to do the same, so that all are counted."""
KINDS_OF_CACHE = {
    "llama-2-7b", "gemma-2-27b", "gpt-oss-20b", "deepseek-v3", "gpt2-xl", *THREE_KINDS
}  # fmt: skip
"""Models whose decoding is counted too: grouped, windowed, latent, fused, chunked, recurrent."""


def _one_of_each_architecture() -> dict[str, str]:
    counted_whole = {*NO_SHORTCUT, *FALLS_BACK}
    found: dict[str, str] = {}
    for name, facts in CONFIGS.items():
        if name not in counted_whole:
            found.setdefault(facts["model_type"], name)
    return found


REPEATED = _one_of_each_architecture()
"""The models of the zoo that are told from few blocks, by their architecture."""


def few(name: str) -> LoadedModel:
    """The model with few layers, and with few tokens where it takes such."""
    facts = THREE_KINDS.get(name) or {**CONFIGS[name], **_least_depth(name)}
    model = from_facts(name, ConfigFacts(facts, name), weights=False, trust_remote_code=False)
    short = {key: value[:, :TOKENS] for key, value in model.keyword_inputs.items()}
    if set(short) != {"input_ids"}:
        return model
    return with_chain(replace(model, keyword_inputs=short), follows_config=True)


def _least_depth(name: str) -> dict[str, int]:
    named = ("num_hidden_layers", "n_layer", "n_layers")
    depth = {key: LEAST for key in named if key in CONFIGS[name]}
    return LEAST_OF_TWO_KINDS.get(name, depth)


@pytest.mark.parametrize("name", [*REPEATED.values(), *THREE_KINDS])
def test_operators_of_few_blocks_are_those_of_all(name: str) -> None:
    model = few(name)
    if name not in KINDS_OF_CACHE:
        model = with_chain(replace(model, decoder=None), follows_config=True)
    shortcut = shortcut_through(model)
    assert shortcut is not None
    replicate = runnable_replica(shortcut.sample)
    told, seen = count_few_blocks(replicate, shortcut), count_whole(model, replicate)
    for mine, full in zip(told.phases, seen.phases, strict=True):
        assert Counter(mine.operators) == Counter(full.operators)
        assert any("*" in each.module and each.repeats > 1 for each in full.operators)
    assert +Counter(told.by_module) == +Counter(seen.by_module)
    assert told.uncounted == seen.uncounted


@pytest.mark.parametrize("name", FALLS_BACK)
def test_blocks_that_turn_out_unlike_are_no_shortcut(name: str) -> None:
    shortcut = shortcut_through(few(name))
    assert shortcut is not None
    with pytest.raises(UnlikeBlocksError):
        count_few_blocks(runnable_replica(shortcut.sample), shortcut)


@pytest.mark.parametrize("name", NO_SHORTCUT)
def test_other_models_of_the_zoo_are_counted_whole(name: str) -> None:
    assert find_shortcut(build(name)) is None


def test_no_model_of_the_zoo_is_left_out() -> None:
    others = {name for name in NAMES if name not in {*FALLS_BACK, *NO_SHORTCUT}}
    assert {CONFIGS[name]["model_type"] for name in others} == set(REPEATED)
