from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM

from advisor.errors import ModelError, UsageError
from advisor.models.load import load
from tests.unit.models.configs import LLAMA, write_config


def parameters(module: torch.nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())


def test_a_folder_is_built_on_meta_in_its_own_dtype_and_runs(tmp_path: Path) -> None:
    loaded = load(str(write_config(tmp_path, LLAMA)))
    assert loaded.weights == "meta"
    assert {value.dtype for value in loaded.module.parameters()} == {torch.bfloat16}
    assert loaded.keyword_inputs["input_ids"].shape == (1, 512)
    assert loaded.module(**loaded.keyword_inputs).logits.shape == (1, 512, 256)


def test_the_prefix_takes_a_folder_too(tmp_path: Path) -> None:
    assert load(f"hf:{write_config(tmp_path, LLAMA)}").decoder is not None


def test_without_a_dtype_it_is_fp32(tmp_path: Path) -> None:
    facts = {key: value for key, value in LLAMA.items() if key != "torch_dtype"}
    loaded = load(str(write_config(tmp_path, facts)))
    assert next(loaded.module.parameters()).dtype == torch.float32


def test_without_architectures_a_decoder_is_a_causal_language_model(tmp_path: Path) -> None:
    facts = {key: value for key, value in LLAMA.items() if key != "architectures"}
    assert isinstance(load(str(write_config(tmp_path, facts))).module, LlamaForCausalLM)


def test_inputs_stay_within_the_context(tmp_path: Path) -> None:
    loaded = load(str(write_config(tmp_path, {**LLAMA, "max_position_embeddings": 64})))
    assert loaded.keyword_inputs["input_ids"].shape == (1, 64)


def test_depth_builds_the_same_model_with_fewer_blocks(tmp_path: Path) -> None:
    loaded = load(str(write_config(tmp_path, LLAMA)))
    assert loaded.blocks == 4
    assert loaded.depth is not None
    one, two = (parameters(loaded.depth(count).module) for count in (1, 2))
    assert one + 3 * (two - one) == parameters(loaded.module)
    assert loaded.depth(2).weights == "meta"
    with pytest.raises(ValueError, match="1 to 4"):
        loaded.depth(5)


@pytest.mark.parametrize(
    "changes",
    [
        {
            "model_type": "qwen3",
            "layer_types": ["full_attention", "sliding_attention"] * 2,
            "use_sliding_window": True,
            "sliding_window": 64,
        },
        {
            "model_type": "deepseek_v3",
            "num_key_value_heads": 4,
            "first_k_dense_replace": 1,
            "n_routed_experts": 4,
            "n_group": 1,
            "topk_group": 1,
            "num_experts_per_tok": 2,
        },
    ],
    ids=["kinds of attention", "a dense first layer"],
)
def test_models_of_unlike_blocks_can_be_cut_to_any_of_them(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    facts = {**LLAMA, "architectures": None, **changes}
    loaded = load(str(write_config(tmp_path, facts)))
    assert loaded.blocks == 4
    assert loaded.with_layers is not None
    few = loaded.with_layers([0, 3])
    assert few.blocks == 2
    assert few.module(**few.keyword_inputs).logits.shape == (1, 512, 256)
    layers, of_few = (
        list(each.module.get_submodule("model.layers").children()) for each in (loaded, few)
    )
    assert [parameters(each) for each in of_few] == [parameters(layers[0]), parameters(layers[3])]
    assert len(layers) == 4


def test_an_encoder_gets_short_text_and_is_no_decoder(tmp_path: Path) -> None:
    facts = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 128,
    }
    loaded = load(str(write_config(tmp_path, facts)))
    assert loaded.decoder is None
    assert loaded.blocks == 2
    hidden = loaded.module(**loaded.keyword_inputs).last_hidden_state
    assert hidden.shape == (1, 128, 64)


def test_a_vision_model_gets_pixels(tmp_path: Path) -> None:
    facts = {
        "architectures": ["ViTForImageClassification"],
        "model_type": "vit",
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 128,
        "image_size": 32,
        "patch_size": 8,
    }
    loaded = load(str(write_config(tmp_path, facts)))
    assert loaded.keyword_inputs["pixel_values"].shape == (1, 3, 32, 32)
    assert loaded.module(**loaded.keyword_inputs).logits.shape[0] == 1


def test_an_encoder_decoder_gets_both_sides(tmp_path: Path) -> None:
    facts = {
        "architectures": ["T5ForConditionalGeneration"],
        "model_type": "t5",
        "d_model": 32,
        "d_kv": 8,
        "d_ff": 64,
        "num_layers": 2,
        "num_heads": 4,
        "vocab_size": 128,
    }
    loaded = load(str(write_config(tmp_path, facts)))
    assert loaded.module(**loaded.keyword_inputs).logits.shape == (1, 128, 128)
    assert (loaded.decoder, loaded.depth) == (None, None)


def test_inputs_that_cannot_be_made_up_name_the_way_out(tmp_path: Path) -> None:
    facts = {
        "architectures": ["WhisperForConditionalGeneration"],
        "model_type": "whisper",
        "d_model": 36,
        "encoder_layers": 1,
    }
    folder = write_config(tmp_path, facts)
    with pytest.raises(UsageError, match=r"'input_features'.*factory"):
        load(str(folder))


def test_weights_are_read_from_safetensors(tmp_path: Path) -> None:
    saved = LlamaForCausalLM(LlamaConfig(**LLAMA)).to(torch.bfloat16)
    saved.save_pretrained(tmp_path)
    loaded = load(str(tmp_path), weights=True)
    assert loaded.weights == "trained"
    own = dict(saved.named_parameters())
    assert all(torch.equal(value, own[name]) for name, value in loaded.module.named_parameters())


def test_weights_that_are_missing_are_not_made_up(tmp_path: Path) -> None:
    LlamaForCausalLM(LlamaConfig(**LLAMA)).save_pretrained(tmp_path)
    write_config(tmp_path, {**LLAMA, "num_hidden_layers": 5})
    with pytest.raises(ModelError, match=r"lack 9 of the weights.*model\.layers\.4\."):
        load(str(tmp_path), weights=True)


def test_weights_in_a_pickle_are_refused(tmp_path: Path) -> None:
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, vocab_size=64)
    module = BertModel(config)
    config.save_pretrained(tmp_path)
    torch.save(module.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"cannot be loaded from safetensors"):
        load(str(tmp_path), weights=True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not valid JSON"),
        ("[1]", "must hold a JSON object, not a list"),
        ('{"hidden_size": 4}', "has no 'model_type'"),
        ('{"model_type": 3}', "'model_type' must be a text"),
        ('{"model_type": "lama"}', "does not know the model_type 'lama' (close: 'llama')"),
        ('{"model_type": "llama", "hidden_size": "wide"}', "hidden_size"),
        ('{"model_type": "llama", "torch_dtype": "int8"}', "dtype"),
        ('{"model_type": "llama", "num_attention_heads": 0}', "num_attention_heads"),
    ],
)
def test_a_config_that_is_none_is_named_with_its_problem(
    tmp_path: Path, text: str, problem: str
) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(UsageError) as caught:
        load(str(tmp_path))
    assert str(tmp_path / "config.json") in str(caught.value)
    assert problem in str(caught.value)


def test_a_folder_without_config_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no config\.json"):
        load(str(tmp_path))


def test_code_of_a_model_runs_only_when_allowed(tmp_path: Path) -> None:
    facts = {"model_type": "private", "auto_map": {"AutoConfig": "private.PrivateConfig"}}
    (tmp_path / "private.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(UsageError, match="--trust-remote-code"):
        load(str(write_config(tmp_path, facts)))
    assert not (tmp_path / "ran").exists()


def test_code_of_a_model_runs_when_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "hub"))
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "private.py").write_text(
        "from transformers import LlamaConfig, LlamaForCausalLM\n\n"
        "class PrivateConfig(LlamaConfig):\n    model_type = 'private'\n\n"
        "class PrivateForCausalLM(LlamaForCausalLM):\n    config_class = PrivateConfig\n"
    )
    code = {
        "AutoConfig": "private.PrivateConfig",
        "AutoModelForCausalLM": "private.PrivateForCausalLM",
    }
    facts = {**LLAMA, "model_type": "private", "auto_map": code}
    loaded = load(str(write_config(folder, facts)), trust_remote_code=True)
    assert type(loaded.module).__name__ == "PrivateForCausalLM"
    assert loaded.weights == "meta"


def test_a_cached_name_is_read_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    repository = tmp_path / "models--someone--small"
    snapshot = repository / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    write_config(snapshot, LLAMA)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0123")
    loaded = load("hf:someone/small")
    assert (loaded.reference, loaded.blocks) == ("hf:someone/small", 4)


def test_the_language_blocks_of_a_model_that_sees_are_its_blocks(tmp_path: Path) -> None:
    facts = {
        "architectures": ["Qwen3VLForConditionalGeneration"],
        "model_type": "qwen3_vl",
        "text_config": {**LLAMA, "model_type": "qwen3_vl_text", "head_dim": 16},
        "vision_config": {"depth": 2, "hidden_size": 32, "num_heads": 2, "out_hidden_size": 64},
    }
    loaded = load(str(write_config(tmp_path, facts)))
    assert loaded.blocks == 4
    assert loaded.depth is not None
    one, two = (parameters(loaded.depth(count).module) for count in (1, 2))
    assert one + 3 * (two - one) == parameters(loaded.module)


def test_a_name_that_is_not_cached_is_not_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(UsageError, match="does not download"):
        load("hf:nobody/no-such-model")


def test_what_cannot_be_a_name_is_refused() -> None:
    with pytest.raises(UsageError, match="neither a folder nor the name"):
        load("hf:a/b/c d")
