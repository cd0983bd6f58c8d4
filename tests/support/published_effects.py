"""Published effects of strategies, and the same effects by the engine under stated conditions.

`tests/cases/effects/strategy_effects.csv` holds a published range in each row, and the two setups
whose ratio it is: knobs of `Setup` as `name=value`. A part or a length that the source does not
state is in the column `assumed`.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from advisor.catalog import load
from advisor.models.config_files import ConfigFacts
from advisor.models.transformers_config import from_facts
from advisor.profiling.profile import ModelProfile
from advisor.profiling.run import profile
from advisor.projection.exact import project_exactly
from advisor.projection.exact_result import Asked, PhaseProjection
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from tests.benchmarks.shapes import profiled as published_shape
from tests.support.profiles import encoder
from tests.zoo import zoo

TABLE = Path(__file__).parents[1] / "cases" / "effects" / "strategy_effects.csv"

# Width, layers, query heads: config.json of each.
_SMALL_LLAMAS = {"llama-3.2-1b": (2048, 16, 32), "llama-3.2-3b": (3072, 28, 24)}
_BERT_LARGE = {
    "model_type": "bert", "architectures": ["BertForMaskedLM"], "hidden_size": 1024,
    "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
    "vocab_size": 30522, "max_position_embeddings": 512,
}  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """One row of the table: `low` to `high` is the published range of `effect`."""

    case: str
    model: str
    part: str
    phase: str
    batch_size: int
    """Samples or sequences of one replica; in training, of one rank."""
    tokens: int | None
    output_tokens: int
    before: str
    after: str
    effect: str
    low: float
    high: float
    assumed: str
    missed: str
    """Why the engine is outside the range and the figure it reaches; empty where it is within."""


@dataclass(frozen=True)
class Reached:
    """The engine's figure; the ends of its interval are ratios of like ends."""

    low: float
    expected: float
    high: float


def effects() -> list[Effect]:
    with TABLE.open(newline="") as file:
        rows = [{**row, "tokens": row["tokens"] or None} for row in csv.DictReader(file)]
    return msgspec.convert(rows, list[Effect], strict=False)


def setup_of(knobs: str) -> Setup:
    """`weight_format=int8 data_parallel=8` as a setup."""
    named = dict(each.split("=") for each in knobs.split())
    return replace(Setup(), **{name: _value(text) for name, text in named.items()})


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


@functools.cache
def model(name: str) -> ModelProfile:
    """The profile of a model by its published shape, counted once in a run."""
    if name == "vit-h":
        return encoder(layers=32, hidden=1280, tokens=4096, dtype="bfloat16")
    if name == "bert-large":
        return _from_facts(name, _BERT_LARGE)
    if name in _SMALL_LLAMAS:
        return _from_facts(name, _llama(*_SMALL_LLAMAS[name]))
    if name in zoo.NAMES:
        return profile(zoo.build(name))
    return published_shape(name)


def _from_facts(name: str, facts: dict[str, Any]) -> ModelProfile:
    source = ConfigFacts(facts, name)
    return profile(from_facts(name, source, weights=False, trust_remote_code=False))


def _llama(width: int, layers: int, heads: int) -> dict[str, Any]:
    return {
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": width,
        "intermediate_size": 8192, "num_hidden_layers": layers, "num_attention_heads": heads,
        "num_key_value_heads": 8, "vocab_size": 128256, "tie_word_embeddings": True,
        "dtype": "bfloat16", "max_position_embeddings": 131072,
    }  # fmt: skip


@functools.cache
def _scenario(name: str, part: str) -> Scenario:
    return Scenario(
        model(name),
        load.hardware_by_id(part),
        load.workload_by_id("batch-scoring"),
        load.organization_by_id("cloud-startup"),
    )


@functools.cache
def projected(effect: Effect, knobs: str, batch_size: int) -> PhaseProjection:
    """One side of the ratio. A training batch grows with the ranks."""
    setup = setup_of(knobs)
    asked = Asked(
        batch_size,
        effect.tokens,
        effect.tokens,
        effect.output_tokens,
        batch_size * setup.data_parallel,
        effect.tokens,
    )
    found = project_exactly(_scenario(effect.model, effect.part), setup, asked)
    return found.phases["training_step" if effect.phase == "training_step" else "inference"]


def reached(effect: Effect) -> Reached:
    """The engine's figure for `effect`."""
    first_batch = 1 if effect.phase == "batching" else effect.batch_size
    before = projected(effect, effect.before, first_batch)
    after = projected(effect, effect.after, effect.batch_size)
    if effect.effect == "mfu":
        return _in_order(_ends(after.model_flops_utilisation))
    if effect.effect == "compute_overhead":
        used = zip(
            _ends(after.hardware_flops_utilisation),
            _ends(after.model_flops_utilisation),
            strict=True,
        )
        return _in_order([hardware / useful - 1 for hardware, useful in used])
    if effect.effect == "memory_ratio":
        return _in_order(_ratios(_ends(after.memory_bytes), _ends(before.memory_bytes)))
    rates = _ratios(_ends(after.throughput_per_s), _ends(before.throughput_per_s))
    if effect.effect == "throughput_loss":
        return _in_order([1 - each for each in rates])
    if effect.effect == "scaling_efficiency":
        return _in_order([each * before.accelerators / after.accelerators for each in rates])
    return _in_order(rates)


def _ends(figure: Any) -> tuple[float, float, float]:
    assert figure is not None
    return figure.low, figure.expected, figure.high


def _ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    return [one / other for one, other in zip(above, below, strict=True)]


def _in_order(figures: Sequence[float]) -> Reached:
    return Reached(min(figures), figures[1], max(figures))
