"""The models of the GPU benchmark, as factories without arguments: `FILE:NAME` is a reference.

Classes of `transformers` and of PyTorch with random weights; none takes part in calibrating. The
process that measures builds them where `ADVISOR_BENCHMARK_DEVICE` says, since drawing the weights
of a decoder takes a processor longer than the whole measurement. Everywhere else, the processor.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import torch
import transformers
from torch import nn

from advisor.models.decoder_shape import decoder_shape
from advisor.models.loaded import LoadedModel, Training

DEVICE = "ADVISOR_BENCHMARK_DEVICE"
_CLASSES = 1000


def _built(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    with torch.device(os.environ.get(DEVICE, "cpu")):
        return make().eval()


def _training(inputs: torch.Tensor, labels: torch.Tensor) -> Training:
    """Steps on one batch; `labels` are classes."""

    def loss(module: nn.Module, batch: Any) -> torch.Tensor:
        given, wanted = batch
        output = module(given)
        logits = output if isinstance(output, torch.Tensor) else output[0]
        return nn.functional.cross_entropy(logits.flatten(1).float(), wanted)

    return Training(lambda: [(inputs, labels)], loss)


def _images(name: str, make: Callable[[], nn.Module], side: int, batch: int = 8) -> LoadedModel:
    images, labels = torch.randn(batch, 3, side, side), torch.randint(10, (batch,))
    return LoadedModel(
        name, _built(make), (images,), weights="random", training=_training(images, labels)
    )


def _tokens(batch: int, length: int) -> torch.Tensor:
    return torch.randint(5, 900, (batch, length))


def _encoder(name: str, make: Callable[[], nn.Module], length: int = 128) -> LoadedModel:
    return LoadedModel(
        name, _built(make), (), {"input_ids": _tokens(8, length)}, weights="random"
    )  # fmt: skip


def _decoder(config: Any, length: int = 512, batch: int = 2) -> LoadedModel:
    module = _built(lambda: transformers.AutoModelForCausalLM.from_config(config))
    return LoadedModel(
        config.model_type, module, (), {"input_ids": _tokens(batch, length)},
        decoder=decoder_shape(config), weights="random",
    )  # fmt: skip


def _resnet(**sizes: Any) -> Callable[[], nn.Module]:
    config = transformers.ResNetConfig(**sizes, num_labels=_CLASSES)
    return lambda: transformers.ResNetForImageClassification(config)


def resnet18() -> LoadedModel:
    sizes: Mapping[str, Any] = {
        "layer_type": "basic", "hidden_sizes": [64, 128, 256, 512], "depths": [2, 2, 2, 2],
    }  # fmt: skip
    return _images("resnet18", _resnet(**sizes), 224, batch=64)


def resnet50() -> LoadedModel:
    return _images("resnet50", _resnet(layer_type="bottleneck", depths=[3, 4, 6, 3]), 224)


def mobilenet_v2() -> LoadedModel:
    config = transformers.MobileNetV2Config(num_labels=_CLASSES)
    make = transformers.MobileNetV2ForImageClassification
    return _images("mobilenet-v2", lambda: make(config), 224)


def convnext_tiny() -> LoadedModel:
    config = transformers.ConvNextConfig(num_labels=_CLASSES)
    make = transformers.ConvNextForImageClassification
    return _images("convnext-tiny", lambda: make(config), 224)


def regnet() -> LoadedModel:
    config = transformers.RegNetConfig(num_labels=_CLASSES)
    return _images("regnet", lambda: transformers.RegNetForImageClassification(config), 224)


def unet() -> LoadedModel:
    return _images("unet", lambda: _unet(64), 128)


def _unet(width: int) -> nn.Module:
    """Convolutions strided down, then upsampled; no connections across."""
    layers: list[nn.Module] = []
    for before, after, stride in ((3, width, 1), (width, 2 * width, 2), (2 * width, 4 * width, 2)):
        layers += [
            nn.Conv2d(before, after, 3, stride=stride, padding=1), nn.BatchNorm2d(after), nn.ReLU()
        ]  # fmt: skip
    for before, after in ((4 * width, 2 * width), (2 * width, width)):
        layers += [nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 3, padding=1), nn.SiLU()]
    return nn.Sequential(*layers, nn.Conv2d(width, 3, 1))


def mlp() -> LoadedModel:
    def make() -> nn.Module:
        return nn.Sequential(
            nn.Linear(4096, 8192), nn.GELU(),
            nn.Linear(8192, 8192), nn.GELU(),
            nn.Linear(8192, 1024),
        )  # fmt: skip

    rows, labels = torch.randn(64, 4096), torch.randint(10, (64,))
    return LoadedModel(
        "mlp", _built(make), (rows,), weights="random", training=_training(rows, labels)
    )


def vit_base() -> LoadedModel:
    config = transformers.ViTConfig(num_labels=_CLASSES)
    return _images("vit-base", lambda: transformers.ViTForImageClassification(config), 224)


def bert_base() -> LoadedModel:
    return _encoder("bert-base", lambda: transformers.BertModel(transformers.BertConfig()))


def bert_large() -> LoadedModel:
    config = transformers.BertConfig(
        hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096
    )
    return _encoder("bert-large", lambda: transformers.BertModel(config), 256)


def distilbert() -> LoadedModel:
    config = transformers.DistilBertConfig()
    return _encoder("distilbert", lambda: transformers.DistilBertModel(config))


def electra_base() -> LoadedModel:
    config = transformers.ElectraConfig(
        embedding_size=768, hidden_size=768, num_attention_heads=12, intermediate_size=3072
    )
    return _encoder("electra-base", lambda: transformers.ElectraModel(config))


def gpt2() -> LoadedModel:
    return _decoder(transformers.GPT2Config())


def llama_1b() -> LoadedModel:
    return _decoder(transformers.LlamaConfig(
        hidden_size=2048, intermediate_size=8192, num_hidden_layers=16, num_attention_heads=32,
        num_key_value_heads=8, vocab_size=32000, max_position_embeddings=4096,
    ))  # fmt: skip


def qwen3() -> LoadedModel:
    return _decoder(transformers.Qwen3Config(
        hidden_size=1024, intermediate_size=3072, num_hidden_layers=28, num_attention_heads=16,
        num_key_value_heads=8, head_dim=128, vocab_size=64000, tie_word_embeddings=True,
    ))  # fmt: skip


def mistral() -> LoadedModel:
    return _decoder(transformers.MistralConfig(
        hidden_size=1536, intermediate_size=4096, num_hidden_layers=12, num_attention_heads=24,
        num_key_value_heads=8, vocab_size=32000, sliding_window=None,
    ))  # fmt: skip


def opt() -> LoadedModel:
    return _decoder(transformers.OPTConfig(
        hidden_size=1024, ffn_dim=4096, num_hidden_layers=12, num_attention_heads=16,
        word_embed_proj_dim=1024,
    ))  # fmt: skip


def small_convolutions() -> LoadedModel:
    return _images("small-convolutions", lambda: _unet(4), 16, batch=2)


def small_encoder() -> LoadedModel:
    config = transformers.BertConfig(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128
    )
    return _encoder("small-encoder", lambda: transformers.BertModel(config), 16)


def small_decoder() -> LoadedModel:
    return _decoder(transformers.LlamaConfig(
        hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, vocab_size=1000,
    ), length=16)  # fmt: skip


class Enormous(nn.Module):
    """Its one intermediate result is of 4 TiB, more than any machine here has."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1024))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        # Out of place: a view of repeated rows would take no memory.
        return (rows * self.scale).repeat(1, 2**24).sum(-1, keepdim=True)


def enormous() -> LoadedModel:
    return LoadedModel("enormous", _built(Enormous), (torch.randn(64, 1024),), weights="random")
