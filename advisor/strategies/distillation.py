"""Serve a smaller student that was trained on the model's own answers.

## What it does
The student is made of the model itself: of a chain of blocks it takes some, evenly spread from the
first to the last; of other networks it takes the channels of largest norm, as structured pruning
leaves them. It is then trained with AdamW on the model's own data: half of the loss is of the
labels, half of the teacher's answers, softened by a temperature of 2. The teacher stays as it is.

## When it pays
Where much is served: every request costs a part of what it did, on every kind of hardware and with
dense kernels, and the number formats come on top.

## When it hurts
Every version that is released takes a student of its own: its steps and the teacher's forward
passes go to the bill. A student trained on little data loses more than its teacher on what is rare.
A decoder needs billions of tokens to come near its teacher's level in general use.

## How it is measured
The student is really trained, on the device that is measured on, with a fixed seed; then latency,
memory, size and quality are taken against the teacher. How many steps are worth their price only a
measurement shows; projections price them.

## Sources
Hinton et al. 2015, arXiv 1503.02531: the loss. DistilBERT (Sanh et al. 2019, arXiv 1910.01108):
every other of 12 layers, 97% of GLUE kept, 95% in its read-me; NVIDIA DeepLearningExamples, BERT
distillation (2024-04): nothing to 0.2% lost by 6 layers, 0.75 to 6.2% by 4 narrow ones. For two
thirds the expected loss is taken in proportion to what is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel, Training
from advisor.projection.setup import Setup
from advisor.projection.student import blocks_kept, spread
from advisor.strategies import structured_pruning
from advisor.strategies.recovery import SEED, fit
from advisor.strategies.strategy import DISTIL, Levels, Parameter, Strategy

if TYPE_CHECKING:
    import torch

TEMPERATURE = 2.0
"""Answers are divided by it before they are made shares, so that the unlikely ones count too."""
OF_TEACHER = 0.5
"""Of the loss, the part that the teacher's answers have; the labels have the rest."""
DROPS: Mapping[float, Quantity] = {
    0.67: Quantity(low=0.0, expected=0.02, high=0.05),
    0.5: Quantity(low=0.0, expected=0.03, high=0.05),
    0.33: Quantity(low=0.0075, expected=0.03, high=0.062),
}


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(
        setup, student_share=float(levels["share"]), distillation_steps=int(levels["steps"])
    )


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    pupil = student_of(model, float(levels["share"]))
    teach(model, pupil, int(levels["steps"]))
    return pupil


def student_of(model: LoadedModel, share: float) -> LoadedModel:
    """An untrained student with that share of the blocks or channels, in tensors of its own.

    Raises StrategyError where the model is neither a chain of blocks nor can be narrowed.
    """
    import copy

    from advisor.models.blocks import chained

    chain = chained(model)
    if chain.with_layers is None or chain.blocks is None:
        own = replace(model, module=copy.deepcopy(model.module))
        return structured_pruning.apply(own, {"ratio": 1 - share})
    kept = blocks_kept(chain.blocks, share)
    if kept == chain.blocks:
        raise StrategyError(
            f"{share:g} of {chain.blocks} blocks are all of them; take a smaller share"
        )
    smaller = chain.with_layers(spread(chain.blocks, kept))
    return replace(smaller, module=copy.deepcopy(smaller.module))


def teach(teacher: LoadedModel, pupil: LoadedModel, steps: int) -> None:
    """Train the student in place on the teacher's data and answers.

    Raises StrategyError where the model brings no data, or its outputs are no scores of classes.
    """
    import torch

    training = teacher.training
    if training is None:
        raise StrategyError(
            f"{teacher.reference} brings nothing to train a student on; a factory gives it as "
            "LoadedModel(training=advisor.Training(batches, loss))"
        )
    mode = teacher.module.training
    with torch.enable_grad():
        torch.manual_seed(SEED)
        teacher.module.eval()
        pupil.module.train()
        fit(pupil.module, replace(training, loss=_loss(teacher.module, training)), steps)
        pupil.module.eval()
        teacher.module.train(mode)
    for parameter in pupil.module.parameters():
        parameter.grad = None


def _loss(teacher: torch.nn.Module, training: Training) -> Any:
    """The model's own loss, and that against the teacher over the calls that it makes."""
    import torch

    def loss(module: torch.nn.Module, batch: Any) -> torch.Tensor:
        calls: list[tuple[Any, Any, Any]] = []

        def seen(_: torch.nn.Module, given: Any, named: Any, output: Any) -> None:
            calls.append((given, named, output))

        handle = module.register_forward_hook(seen, with_kwargs=True)
        try:
            of_labels = training.loss(module, batch)
        finally:
            handle.remove()
        apart = [_apart(scores(output), teacher, given, named) for given, named, output in calls]
        if not apart:
            raise StrategyError("the loss of the model's training data never runs the model")
        return (1 - OF_TEACHER) * of_labels + OF_TEACHER * torch.stack(apart).mean()

    return loss


def _apart(own: torch.Tensor, teacher: torch.nn.Module, given: Any, named: Any) -> torch.Tensor:
    """Divergence of the student's shares from the teacher's, times the temperature squared."""
    import torch
    from torch.nn import functional

    with torch.no_grad():
        answers = scores(teacher(*given, **named))
    divergence = functional.kl_div(
        functional.log_softmax(own.float() / TEMPERATURE, dim=-1).flatten(0, -2),
        functional.log_softmax(answers.float() / TEMPERATURE, dim=-1).flatten(0, -2),
        reduction="batchmean",
        log_target=True,
    )
    return divergence * TEMPERATURE**2


def scores(output: Any) -> torch.Tensor:
    """The scores of classes in an output: `logits`, or the output itself, or the first of a tuple.

    Raises StrategyError where that is no tensor of two dimensions or more with several classes.
    """
    import torch

    found = output.get("logits") if isinstance(output, Mapping) else getattr(output, "logits", None)
    found = output if found is None else found
    found = found[0] if isinstance(found, tuple | list) and found else found
    if not isinstance(found, torch.Tensor) or found.dim() < 2 or found.shape[-1] < 2:
        shape = tuple(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
        raise StrategyError(f"the model's output is no scores of classes: {shape}")
    return found


STRATEGY = Strategy(
    slug="distillation",
    title="distillation to a smaller student",
    family="model choice",
    summary="serve a smaller student trained on the model's answers",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving", "training"}),
    effort_days=Quantity(low=5.0, expected=15.0, high=40.0),
    quality_drop=lambda levels: DROPS[float(levels["share"])],
    quality_source="DistilBERT, GLUE, 2019; NVIDIA BERT distillation, SST-2 and SQuAD, 2024-04",
    parameters=(
        Parameter("share", (0.67, 0.5, 0.33), 0.5, "of the blocks or channels that a student has"),
        Parameter(
            "steps", (30, 100, 300, 1000, 3000, 10000), 1000,
            "optimizer steps for each version released", only_costs=True,
        ),
    ),
    stage=DISTIL,
)  # fmt: skip
