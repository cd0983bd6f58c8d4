"""What the GPU benchmark measures, in the order of what it would be worst to miss.

Cases of one model share sizes where they can: each model and size is profiled once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from advisor.measurement.result import ModelRequest

Kind = Literal["forward", "decode", "training"]
BUILT_IN = ("digits", "tiny-gpt")
_FACTORIES = Path(__file__).with_name("gpu_models.py")
_COMPILES_S = 150.0


@dataclass(frozen=True)
class Case:
    """One model in one way of running, with and without the strategies, `--with` style."""

    model: str
    """A factory of `gpu_models`, or a built-in model: those alone have a quality."""
    kind: Kind = "forward"
    strategies: str = ""
    batch: int | None = None
    tokens: int | None = None
    limit_s: float = 60.0
    runs_out: bool = False
    """It is there to run out of memory; measuring it would be the fault."""

    @property
    def name(self) -> str:
        size = "" if self.batch is None else f" × {self.batch}"
        size += "" if self.tokens is None else f" of {self.tokens}"
        return f"{self.model}{size} {self.kind} {self.strategies or 'as it came'}"

    @property
    def request(self) -> ModelRequest:
        reference = self.model if self.model in BUILT_IN else f"{_FACTORIES}:{self.model}"
        return ModelRequest(reference, batch_size=self.batch, sequence_tokens=self.tokens)


def cases(device: str) -> tuple[Case, ...]:
    """Small ones on the processor, where only the command itself is tried."""
    return tuple(_small()) if device == "cpu" else tuple(_large())


def _small() -> Iterator[Case]:
    yield Case("enormous", runs_out=True)
    yield Case("small_convolutions", strategies="channels-last", batch=4)
    yield Case("digits", strategies="bf16")
    yield Case("small_decoder", "decode", batch=2)
    yield Case("small_decoder", "training", "lora")
    yield Case("small_encoder", strategies="int8-dynamic", batch=4)


def _large() -> Iterator[Case]:
    yield from _once_each()
    yield from _strategies()
    yield from _batches()


def _once_each() -> Iterator[Case]:
    """Every model and kind of run once, with the strategy that most would begin with."""
    yield Case("digits", strategies="bf16")
    yield Case("enormous", runs_out=True)
    yield Case("resnet50", strategies="channels-last", batch=32)
    yield Case("bert_base", strategies="bf16", batch=32)
    yield Case("llama_1b", strategies="bf16", batch=4)
    yield Case("llama_1b", "decode", "bf16", batch=4)
    yield Case("gpt2", "training", batch=8)
    yield Case("tiny-gpt", strategies="int8-weight-only")
    yield Case("vit_base", strategies="amp", batch=64)
    yield Case("convnext_tiny", strategies="amp", batch=32)
    yield Case("mobilenet_v2", strategies="bf16", batch=64)
    yield Case("qwen3", "decode", "bf16", batch=16)
    yield Case("mlp", strategies="bf16,fp8", batch=256)
    yield Case("resnet18", "training", "amp")
    yield Case("distilbert", strategies="fp16", batch=8)
    yield Case("mistral", strategies="bf16", batch=8)
    yield Case("opt", "decode", batch=8)
    yield Case("electra_base", strategies="tf32", batch=16)
    yield Case("bert_large", strategies="bf16", batch=16)
    yield Case("unet", strategies="bf16,channels-last", batch=16)
    yield Case("regnet", strategies="amp", batch=32)


def _strategies() -> Iterator[Case]:
    """The other strategies; what compiles comes last, since it takes minutes."""
    yield Case("llama_1b", strategies="bf16,int8-weight-only", batch=1, tokens=64)
    yield Case("llama_1b", strategies="bf16,int4-weight-only", batch=1, tokens=64)
    yield Case("llama_1b", strategies="bf16,fp8", batch=4)
    yield Case("bert_large", strategies="bf16,int8-dynamic", batch=16)
    yield Case("mlp", strategies="bf16,semi-structured-sparsity", batch=256)
    yield Case("llama_1b", "training", "lora", batch=4)
    yield Case("mistral", "training", "activation-checkpointing", batch=8)
    yield Case("digits", strategies="int8-dynamic")
    yield Case("tiny-gpt", strategies="bf16")
    yield Case("digits", strategies="unstructured-pruning")
    yield Case("bert_base", strategies="torch-compile", batch=32, limit_s=_COMPILES_S)
    yield Case("resnet50", strategies="amp,torch-compile", batch=32, limit_s=_COMPILES_S)
    yield Case("gpt2", "training", "8-bit-optimizer", batch=8, limit_s=_COMPILES_S)


def _batches() -> Iterator[Case]:
    for batch in (1, 256):
        yield Case("resnet50", strategies="bf16", batch=batch)
        yield Case("bert_base", strategies="amp", batch=batch)
        yield Case("vit_base", strategies="bf16", batch=batch)
    for batch in (1, 64):
        yield Case("llama_1b", "decode", "bf16", batch=batch)
    for batch in (8, 128):
        yield Case("mobilenet_v2", strategies="channels-last", batch=batch)
