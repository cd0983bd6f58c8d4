"""Models and ways of running them, large enough that a process's own noise is small beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import transformers
from torch import nn

from advisor.models.loaded import DecoderShape, LoadedModel
from advisor.profiling.training_setting import TrainingSetting


@dataclass(frozen=True)
class Case:
    model: str
    setting: TrainingSetting | None = None
    """None for inference."""
    cached: bool = False

    @property
    def name(self) -> str:
        if self.setting is None:
            return f"{self.model}, inference{' with cache' if self.cached else ''}"
        setting = self.setting
        words: list[str] = [setting.optimizer, setting.precision]
        words += ["checkpointing"] if setting.checkpointing else []
        words += ["frozen"] if setting.frozen else []
        words += [setting.attention] if setting.attention else []
        return f"{self.model}, {' '.join(words)}"


def _tokens(batch: int, length: int) -> dict[str, torch.Tensor]:
    return {"input_ids": torch.randint(0, 1000, (batch, length), device="cpu")}


def _pixels(batch: int, size: int) -> dict[str, torch.Tensor]:
    return {"pixel_values": torch.randn(batch, 3, size, size, device="cpu")}


def _transformers(
    architecture: str, config: str, facts: Mapping[str, Any], inputs: Mapping[str, Any]
) -> LoadedModel:
    made = getattr(transformers, config)(**facts)
    module = getattr(transformers, architecture)(made)
    decoder = _decoder(made) if architecture.endswith(("CausalLM", "LMHeadModel")) else None
    return LoadedModel(architecture, module.eval(), keyword_inputs=inputs, decoder=decoder)


def _decoder(config: Any) -> DecoderShape:
    heads = config.num_attention_heads
    return DecoderShape(
        layers=config.num_hidden_layers,
        hidden_size=config.hidden_size,
        attention_heads=heads,
        key_value_heads=getattr(config, "num_key_value_heads", heads),
        head_dim=config.hidden_size // heads,
        vocabulary_size=config.vocab_size,
    )


_LLAMA = {
    "hidden_size": 768, "intermediate_size": 2048, "num_hidden_layers": 6, "vocab_size": 16000,
    "num_attention_heads": 12, "num_key_value_heads": 4, "pad_token_id": 0,
}  # fmt: skip
_GPT2 = {
    "n_layer": 6, "n_embd": 768, "n_head": 12, "vocab_size": 16000, "bos_token_id": 0,
    "eos_token_id": 0,
}  # fmt: skip
_BERT = {"hidden_size": 768, "num_hidden_layers": 6, "vocab_size": 16000}
_MIXTRAL = {
    **_LLAMA, "hidden_size": 512, "num_attention_heads": 8, "intermediate_size": 1024,
    "num_hidden_layers": 4, "num_local_experts": 4, "num_experts_per_tok": 2,
}  # fmt: skip
_T5 = {"d_model": 512, "num_layers": 6, "vocab_size": 16000, "pad_token_id": 0}


def _perceptron() -> LoadedModel:
    layers = [layer for _ in range(6) for layer in (nn.Linear(3072, 3072), nn.GELU())]
    return LoadedModel("perceptron", nn.Sequential(*layers), (torch.randn(1024, 3072),))


def _convnet() -> LoadedModel:
    def block(narrow: int, wide: int) -> list[nn.Module]:
        return [nn.Conv2d(narrow, wide, 3, padding=1), nn.BatchNorm2d(wide), nn.ReLU()]

    layers = [*block(3, 32), *block(32, 64), *block(64, 64), *block(64, 64)]
    module = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    return LoadedModel("convnet", module, (torch.randn(8, 3, 128, 128),))


def _lstm() -> LoadedModel:
    return LoadedModel(
        "lstm", nn.LSTM(1024, 1024, num_layers=4, batch_first=True), (torch.randn(8, 64, 1024),)
    )


def _t5() -> LoadedModel:
    tokens = _tokens(4, 128)
    inputs = {**tokens, "decoder_input_ids": tokens["input_ids"]}
    return _transformers("T5ForConditionalGeneration", "T5Config", _T5, inputs)


MODELS: Mapping[str, Callable[[], LoadedModel]] = {
    "llama": lambda: _transformers("LlamaForCausalLM", "LlamaConfig", _LLAMA, _tokens(2, 256)),
    "llama-long": lambda: _transformers("LlamaForCausalLM", "LlamaConfig", _LLAMA, _tokens(4, 512)),
    "gpt2": lambda: _transformers("GPT2LMHeadModel", "GPT2Config", _GPT2, _tokens(2, 256)),
    "mixtral": lambda: _transformers(
        "MixtralForCausalLM", "MixtralConfig", _MIXTRAL, _tokens(2, 256)
    ),
    "bert": lambda: _transformers(
        "BertForSequenceClassification", "BertConfig", _BERT, _tokens(8, 128)
    ),
    "t5": _t5,
    "vit": lambda: _transformers(
        "ViTForImageClassification", "ViTConfig", {"num_hidden_layers": 6}, _pixels(4, 224)
    ),
    "resnet": lambda: _transformers(
        "ResNetForImageClassification", "ResNetConfig", {}, _pixels(8, 224)
    ),
    "perceptron": _perceptron,
    "convnet": _convnet,
    "lstm": _lstm,
}

_PLAIN = TrainingSetting()
CASES = (
    Case("llama", _PLAIN),
    Case("llama", TrainingSetting("sgd")),
    Case("llama", TrainingSetting("sgd-momentum")),
    Case("llama", TrainingSetting("adamw-8bit")),
    Case("llama", TrainingSetting(precision="bf16")),
    Case("llama-long", _PLAIN),
    Case("llama-long", TrainingSetting(precision="amp-bf16")),
    Case("llama-long", TrainingSetting(checkpointing=True)),
    Case("llama-long", TrainingSetting("sgd", attention="eager")),
    Case("llama-long", TrainingSetting(frozen=("model.embed_tokens.*", "model.layers.[0-2].*"))),
    Case("llama"),
    Case("llama", cached=True),
    Case("gpt2", _PLAIN),
    Case("gpt2", TrainingSetting("adam", attention="eager")),
    Case("gpt2", TrainingSetting(checkpointing=True)),
    Case("gpt2"),
    Case("mixtral", TrainingSetting(precision="bf16")),
    Case("bert", _PLAIN),
    Case("bert", TrainingSetting("sgd-momentum", "amp-bf16")),
    Case("t5", _PLAIN),
    Case("vit", _PLAIN),
    Case("vit", TrainingSetting(checkpointing=True)),
    Case("vit"),
    Case("perceptron", _PLAIN),
    Case("perceptron", TrainingSetting(precision="bf16")),
    Case("perceptron"),
    Case("lstm", _PLAIN),
    Case("resnet", _PLAIN),
    Case("convnet", _PLAIN),
    Case("convnet"),
)
