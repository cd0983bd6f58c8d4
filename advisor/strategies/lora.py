"""Freeze the weights and train low-rank adapters beside the linear layers.

## What it does
peft puts two small products, of rank r, beside every linear layer but the last. Gradients,
optimizer states, their exchange and the checkpoint are of those alone, and the backward pass
works out no gradient of a frozen weight.

## When it pays
Fine-tuning: 1.82 to 1.87 times the tokens a second of a full fine-tune and 0.81 to 0.86 of a peak
that was already optimised, for Llama 3.1 8B.

## When it hurts
Where the model has much to learn: it learns less and forgets less than full fine-tuning. Small
models, where the launches of the adapters take more than the gradients saved.

## How it is measured
`advisor measure MODEL --training --with lora` trains a copy with and without it, in turn: step
time, peak memory by category and the loss after the same steps.

## Sources
Hu et al., "LoRA", 2021; torchtune's README (2026-04) for speed and memory; Biderman et al., "LoRA
Learns Less and Forgets Less", 2024, for quality.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.quantity import Quantity
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Library
from advisor.strategies.strategy import CONVERT, Levels, Parameter, Strategy


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, lora_rank=int(levels["rank"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    """Raises StrategyError where the model has no linear layer beside its last."""
    from advisor.strategies._adapters import with_adapters

    return with_adapters(model, int(levels["rank"]))


STRATEGY = Strategy(
    slug="lora",
    title="low-rank adapters (LoRA)",
    family="training memory",
    summary="train small adapters beside frozen weights",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=0.5, expected=2.0, high=5.0),
    quality_drop=lambda _: Quantity(low=-0.002, expected=0.002, high=0.02),
    quality_source="an assumption around Hu et al. 2021, tables 2 to 4; measure it",
    needs=(Library("peft", "peft"),),
    conflicts={
        "qlora": "both put adapters on the same layers",
        "fsdp": "frozen and trained parameters must be sharded apart, which this fsdp does not",
        "structured-pruning": "adapters are trained beside layers of one width",
    },
    parameters=(Parameter("rank", (8, 16, 64), 16, "rank of the adapters"),),
    stage=CONVERT,
)
