"""The samples that a model is trained on, picked apart, and a training from the start on them."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel, Training
from advisor.strategies.recovery import SEED, fit
from advisor.strategies.strategy import Levels, Parameter

if TYPE_CHECKING:
    import torch

STEPS = Parameter(
    "steps", (30, 100, 300, 1000), 300,
    "optimizer steps of a measurement's training on all samples", only_costs=True,
)  # fmt: skip


@dataclass(frozen=True)
class Samples:
    """Tensors of shape (samples, ...), put end to end from the batches of a training."""

    tensors: tuple[torch.Tensor, ...]
    batch_size: int
    are_single: bool
    """Whether a batch is a tensor by itself, and no tuple."""

    def __len__(self) -> int:
        return len(self.tensors[0])

    @property
    def given(self) -> tuple[torch.Tensor, ...]:
        """What the model is given: not the tensors of one number a sample, which are labels."""
        wide = tuple(each for each in self.tensors if each.dim() > 1)
        return wide or self.tensors

    def only(self, places: Sequence[int]) -> Samples:
        index = list(places)
        return replace(self, tensors=tuple(each[index] for each in self.tensors))

    def batches(self) -> Sequence[Any]:
        """In batches as large as they came, the last one perhaps smaller."""
        import torch

        parts = [torch.split(each, self.batch_size) for each in self.tensors]
        return parts[0] if self.are_single else tuple(zip(*parts, strict=True))

    def training(self, like: Training) -> Training:
        """That of `like` on these samples; a loop of the user's own would read others."""
        return replace(like, batches=self.batches, fit=None)


def samples_of(model: LoadedModel, batches: int) -> Samples:
    """Those of the first `batches` batches of a pass.

    Raises StrategyError where there are none, or where they cannot be put end to end.
    """
    import torch

    if model.training is None:
        raise StrategyError(
            f"{model.reference} brings nothing to train on; a factory gives it as "
            "LoadedModel(training=advisor.Training(batches, loss))"
        )
    found = list(itertools.islice(model.training.batches(), batches))
    if not found:
        raise StrategyError(f"{model.reference}: its training data has no batch")
    are_single = isinstance(found[0], torch.Tensor)
    rows = [(each,) if are_single else tuple(each) for each in found]
    shapes = {tuple(tuple(each.shape[1:]) for each in row) for row in rows}
    if len(shapes) > 1:
        raise StrategyError(
            f"{model.reference}: batches of its training have the shapes "
            f"{', '.join(map(str, sorted(shapes)[:3]))}; samples are picked where they have one"
        )
    joined = tuple(torch.cat(each) for each in zip(*rows, strict=True))
    return Samples(joined, len(rows[0][0]), are_single)


def trained_anew(model: LoadedModel, samples: Samples, steps: int) -> LoadedModel:
    """A copy of `model` that was trained on `samples` from the start, the same way each time."""
    import torch

    assert model.training is not None
    training = samples.training(model.training)
    module = copy.deepcopy(model.module)
    with torch.enable_grad():
        torch.manual_seed(SEED)
        _start_again(module)
        module.train()
        fit(module, training, steps)
        module.eval()
    for parameter in module.parameters():
        parameter.grad = None
    return replace(model, module=module, training=training, weights="trained")


def trained_on_all(model: LoadedModel, levels: Levels) -> LoadedModel:
    """What a training on a part of the samples is compared with."""
    steps = int(levels[STEPS.name])
    return trained_anew(model, samples_of(model, steps), steps)


def _start_again(module: torch.nn.Module) -> None:
    """Give each part the values that it starts a training with.

    Raises StrategyError for a part with weights that does not say what they start as.
    """
    # Models of transformers say it for all of their parts.
    owners = [each for each in module.modules() if hasattr(each, "_init_weights")]
    covered = {id(part) for owner in owners for part in owner.modules()}
    for path, part in module.named_modules():
        starts = getattr(part, "reset_parameters", None)
        if callable(starts):
            starts()
        elif id(part) not in covered and list(part.parameters(recurse=False)):
            raise StrategyError(
                f"{path or 'the model'} cannot be trained from the start: "
                f"{type(part).__name__} has weights and no reset_parameters()"
            )
    for owner in owners:
        owner.apply(owner._init_weights)  # type: ignore[arg-type]  # noqa: SLF001 - what transformers calls it
