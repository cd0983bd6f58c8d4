"""Train what was pruned, or will be quantized, a little further.

## What it does
After parts are removed and before formats change, the model is trained for a number of steps of
AdamW on its own data: by its own loop where it brings one (`Training.fit`), else on its batches and
loss. With `fake-quantize` the linear layers compute as if their weights were int8 or int4 already
(torchao's `QATConfig`), so that they learn to bear the rounding: quantization-aware training.

## When it pays
Where pruning or few bits cost more quality than the floor allows. A few hundred steps win back most
of what a moderate ratio loses.

## When it hurts
Every version that is released is trained again: its hours go to the bill. On little data it forgets
what the first training saw.

## How it is measured
The steps are really taken, on the device that is measured on, with a fixed seed; then latency,
memory, size and quality are taken as ever.

## Sources
Torch-Pruning read-me (2025-09): ResNet-56 within 0.6 points after fine-tuning. Nothing is published
on how much a model wins back in general, so nothing is projected: measure it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel, Training
from advisor.projection.setup import Setup
from advisor.strategies.strategy import RECOVER, Levels, Parameter, Strategy, no_drop

if TYPE_CHECKING:
    import torch

SEED = 20260101
_LARGEST_GRADIENT = 1.0
"""Norm that gradients are clipped at, as is usual for fine-tuning."""


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, recovery_steps=int(levels["steps"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    import torch

    if model.training is None:
        raise StrategyError(
            f"{model.reference} brings nothing to train on; a factory gives it as "
            "LoadedModel(training=advisor.Training(batches, loss))"
        )
    fake = str(levels["fake-quantize"])
    with torch.enable_grad():
        if fake != "none":
            _round_weights(model.module, fake)
        torch.manual_seed(SEED)
        model.module.train()
        steps = int(levels["steps"])
        if model.training.fit is not None:
            model.training.fit(model.module, steps)
        else:
            fit(model.module, model.training, steps)
        model.module.eval()
        if fake != "none":
            _as_before(model.module)
    for parameter in model.module.parameters():
        parameter.grad = None
    return model


def fit(module: torch.nn.Module, training: Training, steps: int) -> None:
    """`steps` of AdamW over the batches, again from the first where they end.

    The rate falls from its highest to nothing along half a cosine. Weights that are 0, as pruning
    leaves them, stay 0. Raises StrategyError where there is no batch, or the loss is no number.
    """
    import torch

    trained = [each for each in module.parameters() if each.requires_grad]
    masked = [(each, each != 0) for each in trained if each.dim() > 1]
    optimizer = torch.optim.AdamW(trained, lr=training.learning_rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step, batch in zip(range(steps), _again(training), strict=False):
        loss = training.loss(module, batch)
        if not bool(torch.isfinite(loss)):
            raise StrategyError(f"recovery: the loss is {loss.item()} at step {step + 1}")
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(trained, _LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            for parameter, kept in masked:
                parameter.mul_(kept)


def _again(training: Training) -> Any:
    """The batches without end."""
    while True:
        count = 0
        for batch in training.batches():
            count += 1
            yield batch
        if not count:
            raise StrategyError("recovery: the model's training data has no batch")


def _round_weights(module: torch.nn.Module, fake: str) -> None:
    """Let linear layers compute with weights rounded to `fake`; they are replaced in place."""
    import torch
    from torchao.quantization import quantize_
    from torchao.quantization.qat import IntxFakeQuantizeConfig, QATConfig

    dtype = torch.int8 if fake == "int8" else torch.int4  # type: ignore[attr-defined]  # torch has it, its stubs do not
    rounded = IntxFakeQuantizeConfig(dtype, "per_channel", is_symmetric=True)
    quantize_(module, QATConfig(weight_config=rounded, step="prepare"))


def _as_before(module: torch.nn.Module) -> None:
    """Linear layers again, with the weights that they learned."""
    from torchao.quantization import quantize_
    from torchao.quantization.qat import QATConfig

    quantize_(module, QATConfig(step="convert"))


STRATEGY = Strategy(
    slug="recovery",
    title="recovery (fine-tuning, quantization-aware training)",
    family="training memory",
    summary="train further after pruning, or before quantizing",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"training"}),
    effort_days=Quantity(low=1.0, expected=3.0, high=8.0),
    quality_drop=no_drop,
    quality_source="nothing general is published; what is won back is known once it is measured",
    parameters=(
        Parameter("steps", (100, 300, 1000), 300, "optimizer steps for each version released"),
        Parameter("fake-quantize", ("none", "int8", "int4"), "none", "rounding while it trains"),
    ),
    stage=RECOVER,
    only_costs=True,
)
