"""Train low-rank adapters beside frozen weights that are held in 4 bits.

## What it does
As `lora`, with the weights of those linear layers in NF4: 4 bits each, a scale of 8 bits for
every 64. Each pass writes them out in the computing format, a layer at a time.

## When it pays
Where the frozen weights alone fill the memory: 0.46 to 0.54 of LoRA's peak, a
65-billion-parameter model on one GPU of 48 GB.

## When it hurts
Where the weights fit in 16 bits: each pass writes them out and reads them back.

## How it is measured
`advisor measure MODEL --training --with qlora` trains a copy with and without it, in turn: step
time, peak memory by category and the loss after the same steps.

## Sources
Dettmers et al., "QLoRA", 2023; torchtune's README (2026-04) for speed and memory.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Library
from advisor.strategies.strategy import CONVERT, Levels, Parameter, Strategy


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, lora_rank=int(levels["rank"]), frozen_weights="nf4")


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    """Raises StrategyError where the model has no linear layer beside its last."""
    from advisor.strategies._adapters import hold_in_nf4, with_adapters

    model = with_adapters(model, int(levels["rank"]))
    hold_in_nf4(model.module)
    return model


STRATEGY = Strategy(
    slug="qlora",
    title="adapters on 4-bit weights (QLoRA)",
    family="training memory",
    summary="train adapters beside frozen weights of 4 bits",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=1.0, expected=3.0, high=7.0),
    quality_drop=lambda _: Quantity(low=-0.002, expected=0.004, high=0.03),
    quality_source="an assumption around Dettmers et al. 2023, tables 3 and 4; measure it",
    needs=(Library("peft", "peft"), Library("torchao", "torchao")),
    conflicts={
        "fsdp": "frozen and trained parameters must be sharded apart, which this fsdp does not",
        "structured-pruning": "adapters are trained beside layers of one width",
        "int8-weight-only": "both decide how the weights of linear layers are stored",
        "int8-dynamic": "both decide how the weights of linear layers are stored",
    },
    parameters=(Parameter("rank", (8, 16, 64), 16, "rank of the adapters"),),
    stage=CONVERT,
)
