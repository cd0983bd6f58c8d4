"""Hold the keys and values of a decoder's cache in 8 or 4 bits.

## What it does
Keys and values are quantized as they enter the cache: `fp8` with one scale a tensor, `int8` and
`int4` with a scale and a zero for each 64. Serving engines read them so; in plain PyTorch the whole
cache is written out in the computing format at each step.

## When it pays
Long contexts and large batches under a serving engine: the cache is what limits the batch, and
what a step reads most of.

## When it hurts
In plain PyTorch, writing the cache out at each step costs more than reading it whole would.

## How it is measured
A decoder of transformers with full attention in every layer is given such a cache, one of this
package, in every forward pass: quality and continuations are of what attention reads from it. Then
baseline and variant go on from the example prompt, token by token: the bytes that each cache holds,
and the time of a step. The latency is that of one forward pass, which fills the variant's cache.
The projection counts the bytes that the cache takes, and what a step reads and writes of it.

## Sources
transformers, `QuantizedCache` (`q_group_size` 64); the sizes are arithmetic, bits by bits.
What quality is lost is not sourced: wide intervals are assumed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import DecoderShape, LoadedModel
from advisor.projection.setup import CacheFormat, Setup
from advisor.strategies.strategy import CONVERT, Levels, Parameter, Strategy

if TYPE_CHECKING:
    import torch

    from advisor.models.quantized_cache import CacheDtype

FORMATS: dict[str, CacheDtype] = {"fp8": "fp8", "int8": "int8", "int4": "int4"}
ASSUMED_DROP = {
    "fp8": Quantity(low=0.0, expected=0.002, high=0.02),
    "int8": Quantity(low=0.0, expected=0.002, high=0.02),
    "int4": Quantity(low=0.0, expected=0.02, high=0.15),
}


def configure(setup: Setup, levels: Levels) -> Setup:
    held: CacheFormat = FORMATS[str(levels["dtype"])]
    return replace(setup, key_value_format=held)


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    from advisor.models.quantized_cache import quantized_cache

    layers, dtype = _layers(model), FORMATS[str(levels["dtype"])]

    def new_cache() -> Any:
        return quantized_cache(layers, dtype)

    def with_cache(module: torch.nn.Module, given: Any, named: dict[str, Any]) -> Any:
        if module.training or named.get("past_key_values") is not None:
            return None
        return given, {**named, "use_cache": True, "past_key_values": new_cache()}

    model.module.register_forward_pre_hook(with_cache, with_kwargs=True)
    return replace(model, new_cache=new_cache)


def _layers(model: LoadedModel) -> int:
    """Layers of the cache; StrategyError where the model cannot be given one."""
    from advisor.profiling.invocation import accepts

    if model.only is not None:
        raise StrategyError("the cache is one for all layers")
    if model.decoder is None:
        raise StrategyError(f"{model.reference} is no decoder: it keeps no keys and values")
    if not accepts(model.module, "past_key_values"):
        raise StrategyError(
            f"{model.reference} takes no cache: a decoder of transformers takes it as "
            "past_key_values"
        )
    others = _other_layers(model.decoder)
    if others:
        raise StrategyError(
            f"{model.reference} has {others} of {model.decoder.layers} layers without full "
            "attention, whose states are kept in another way"
        )
    return model.decoder.layers


def _other_layers(decoder: DecoderShape) -> int:
    kept = decoder.layers if decoder.key_value_layers is None else decoder.key_value_layers
    return decoder.layers - kept + decoder.windowed_layers


STRATEGY = Strategy(
    slug="kv-cache-format",
    title="quantized key-value cache",
    family="quantization",
    summary="hold a decoder's keys and values in 8 or 4 bits",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=0.25, expected=1.0, high=3.0),
    quality_drop=lambda levels: ASSUMED_DROP[str(levels["dtype"])],
    quality_source="an assumption: no published figure was found",
    parameters=(Parameter("dtype", ("fp8", "int8", "int4"), "fp8", "the format of the cache"),),
    stage=CONVERT,
)
