"""The grid of scenarios that plans are judged on: models, hardware, workloads, organizations."""

from __future__ import annotations

import functools
import itertools
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from advisor.errors import UnknownNameError
from advisor.measurement.process import run_profile
from advisor.measurement.result import ModelRequest
from advisor.profiling.profile import ModelProfile
from advisor.projection.scenario import Scenario
from tests.support.profiles import convnet, decoder, encoder, written_attention
from tests.support.scenarios import scenario

HARDWARE = ("t4", "a10g", "a100-80-sxm", "h100-sxm")
ORGANIZATIONS = ("cloud-startup", "on-premises-enterprise")
GENERATING = ("chat-serving", "fine-tuning", "logistics-routing")
CLASSIFYING = ("batch-scoring", "medical-diagnosis", "retail-recommendation")


def _shipped(reference: str) -> ModelProfile:
    return run_profile(ModelRequest(reference), lambda *_: None)


MODELS: Mapping[str, tuple[Callable[[], ModelProfile], Sequence[str]]] = {
    "small encoder": (partial(encoder, layers=2), CLASSIFYING),
    "encoder": (encoder, CLASSIFYING),
    "large encoder in 16 bits": (
        partial(encoder, layers=24, hidden=1024, tokens=512, dtype="bfloat16"), CLASSIFYING,
    ),
    "convnet": (convnet, CLASSIFYING),
    "wide convnet": (partial(convnet, layers=50, channels=512, pixels=56), CLASSIFYING),
    "written attention": (written_attention, CLASSIFYING),
    "small decoder": (partial(decoder, layers=12, hidden=768), GENERATING),
    "decoder": (decoder, GENERATING),
    "decoder in 32 bits": (partial(decoder, layers=16, hidden=2048, dtype="float32"), GENERATING),
    "qwen3-0.6b": (partial(_shipped, "qwen3-0.6b"), GENERATING),
    "llama-3.1-8b": (partial(_shipped, "llama-3.1-8b"), GENERATING),
    "llama-3.1-70b": (partial(_shipped, "llama-3.1-70b"), GENERATING),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    model: str
    hardware: str
    workload: str
    organization: str

    @property
    def name(self) -> str:
        return f"{self.model} · {self.hardware} · {self.workload} · {self.organization}"

    def scenario(self) -> Scenario:
        return scenario(_profile(self.model), self.hardware, self.workload, self.organization)


@functools.cache
def _profile(model: str) -> ModelProfile:
    return MODELS[model][0]()


def cases(models: Sequence[str] | None = None, limit: int | None = None) -> list[Case]:
    """The grid in an order that mixes it, so that its first `limit` cases are a fair sample.

    Raises UnknownNameError for a model that is not in the grid.
    """
    for name in models or ():
        if name not in MODELS:
            raise UnknownNameError("model of the grid", name, MODELS, "--models")
    found = [
        Case(model, *where)
        for model in models or MODELS
        for where in itertools.product(HARDWARE, MODELS[model][1], ORGANIZATIONS)
    ]
    return sorted(found, key=lambda case: zlib.crc32(case.name.encode()))[:limit]
