"""Forty strategies for the search to go through: knobs that the engine knows, at many levels.

What they save is the engine's to say; their days of work and their losses are made up, since only
the size of the space and where its knobs lie matter here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from advisor.catalog.quantity import Quantity
from advisor.projection.setup import Setup
from advisor.strategies.strategy import Level, Levels, Parameter, Strategy

FLOATS, WEIGHTS = ("bf16", "fp16", "amp"), ("int8", "int8-both", "int4", "int4-fused")
RUN_BY = ("compiled", "captured", "vllm", "transformers")
BOUGHT = ("reserved", "spot", "spot-training")


def made_up(
    slug: str, knobs: Mapping[str, Any], levels: Mapping[str, tuple[Level, ...]] | None = None,
    days: float = 1.0, drop: float = 0.0, instead: tuple[str, ...] = (),
) -> Strategy:  # fmt: skip
    """Sets `knobs`, and the knobs that `levels` name to the level chosen.

    Conflicts with all `instead`.
    """
    names = tuple(levels or ())

    def configure(setup: Setup, at: Levels) -> Setup:
        given: dict[str, Any] = {**knobs, **{name: at[name] for name in names}}
        return replace(setup, **given)

    return Strategy(
        slug=slug, title=slug, family="execution", summary=slug, configure=configure, apply=None,
        touches=frozenset(), phases=frozenset({"serving"}), effort_days=Quantity.exact(days),
        quality_drop=lambda _: Quantity.exact(drop), quality_source="made up",
        conflicts={other: "made up" for other in instead if other != slug},
        parameters=tuple(
            Parameter(name, each, each[0], name) for name, each in (levels or {}).items()
        ),
    )  # fmt: skip


def forty() -> dict[str, Strategy]:
    """Numbers, execution, layout, training, paying and data, and ten that only cost."""
    found = [
        made_up("bf16", {"float_format": "bf16"}, instead=FLOATS, days=0.5),
        made_up("fp16", {"float_format": "fp16"}, instead=FLOATS, drop=0.002),
        made_up("amp", {}, {"autocast": ("bf16", "fp16")}, instead=FLOATS),
        made_up("int8", {"weight_format": "int8"}, instead=WEIGHTS, drop=0.001),
        made_up(
            "int8-both", {"weight_format": "int8", "linear_activation_format": "int8"},
            instead=WEIGHTS, drop=0.007,
        ),
        made_up("int4", {"weight_format": "int4"}, instead=WEIGHTS, drop=0.01),
        made_up("int4-fused", {"weight_format": "int4"}, instead=WEIGHTS, drop=0.004, days=4.0),
        made_up("compiled", {"execution": "compiled"}, instead=RUN_BY, days=2.0),
        made_up("captured", {"execution": "captured"}, instead=RUN_BY, days=3.0),
        made_up("vllm", {"engine": "vllm"}, instead=RUN_BY, days=3.0),
        made_up("transformers", {"engine": "transformers"}, instead=RUN_BY, days=3.0),
        made_up("chunked", {}, {"chunked_prefill_tokens": (512, 2048)}),
        made_up("fused-attention", {"attention": "fused"}, days=0.5),
        made_up("channels-last", {"channels_last": True}, days=0.5),
        made_up("narrower", {}, {"channels_removed": (0.1, 0.2, 0.3, 0.5)}, days=8.0, drop=0.005),
        made_up("slices", {}, {"mig_slice": ("1g", "2g", "3g")}, days=2.0),
        made_up("masked", {}, {"weights_masked": (0.1, 0.3, 0.5, 0.7, 0.9)}, drop=0.1),
        made_up(
            "sharded", {}, {"sharding_stage": (1, 2, 3), "data_parallel": (2, 4, 8, 16, 32)},
            days=5.0, instead=("replicated",),
        ),
        made_up("replicated", {}, {"data_parallel": (2, 4, 8, 16)}, instead=("sharded",)),
        made_up("checkpointed", {"checkpointing": True}),
        made_up("micro-batches", {}, {"micro_batch": (1, 2, 4, 8, 16)}),
        made_up("optimizer", {}, {"optimizer": ("adamw-8bit", "sgd-momentum", "sgd")}, drop=0.001),
        made_up(
            "scaled", {},
            {
                "autoscaling_delay_minutes": (1.0, 5.0, 15.0, 60.0),
                "scale_to_zero_after_minutes": (5.0, 15.0, 60.0),
            },
            days=4.0,
        ),
        made_up("scaled-warm", {}, {"autoscaling_delay_minutes": (1.0, 5.0, 15.0)}, days=2.0),
        made_up("reserved", {"serving_purchase": "reserved"}, instead=BOUGHT),
        made_up("spot", {"serving_purchase": "spot", "training_purchase": "spot"}, instead=BOUGHT),
        made_up("spot-training", {"training_purchase": "spot"}, instead=BOUGHT, days=3.0),
        made_up("training-reserved", {"training_purchase": "reserved"}, instead=("spot",)),
        made_up("deduplicated", {"deduplicated": True}, days=3.0),
        made_up("fewer-labels", {"labels_share": 0.9}, days=8.0, drop=0.002),
    ]  # fmt: skip
    found += [
        made_up(f"habit-{place}", {"weights_masked": 0.0}, days=1.0 + place, drop=0.001 * place)
        for place in range(10)
    ]
    return {strategy.slug: strategy for strategy in found}
