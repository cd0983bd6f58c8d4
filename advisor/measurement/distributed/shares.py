"""The batches of a run as all ranks take them: one order, one content, equal parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch

from advisor.errors import ModelError
from advisor.measurement.distributed.place import Place
from advisor.measurement.training_data import MOST_BATCHES, Batch, Batches
from advisor.models.loaded import LoadedModel


@dataclass(frozen=True)
class Shared:
    """`whole` is what one process takes, `part` what this rank does."""

    whole: Batches
    part: Batches
    left_out: int
    """Samples of each batch that no rank takes, so that all parts are equal."""


def shared(data: Batches, steps: int, reference: str, place: Place) -> Shared:
    """The first rank's batches for `steps` steps; raises ModelError where there is no part for all.

    The mean of the ranks' losses, and the gradients that they add up, are those of the batch only
    where all parts are of one size.
    """
    count = min(steps, MOST_BATCHES)
    own = [tuple(each.cpu() for each in data.batch(step)) for step in range(count)]
    given: list[Batch] = place.of_first(own)
    samples = min(len(batch[0]) for batch in given) // place.ranks * place.ranks
    if not samples:
        raise ModelError(
            f"{reference}: a batch of {len(given[0][0])} samples cannot be divided over "
            f"{place.ranks} processes; give it larger ones (--batch)"
        )
    each = samples // place.ranks

    def narrowed(step: int, start: int, length: int) -> Batch:
        batch = given[step % count]
        return tuple(tensor.narrow(0, start, length).to(place.device) for tensor in batch)

    return Shared(
        replace(data, batch=lambda step: narrowed(step, 0, samples), samples=samples),
        replace(data, batch=lambda step: narrowed(step, place.rank * each, each), samples=each),
        max(len(batch[0]) for batch in given) - samples,
    )


def told_of(model: LoadedModel, data: Shared, *, one_fits: bool) -> Iterator[str]:
    """Why the losses of ranks and of one process may differ, and what was left out."""
    if not one_fits:
        yield "one process cannot hold the step: no scaling and no loss to compare with"
    if data.left_out:
        yield f"{data.left_out} samples of the largest batch were left out, for equal parts"
    parts = list(model.module.modules())
    if any(type(each).__name__.startswith("BatchNorm") for each in parts):
        yield (
            "batch normalization takes the statistics of a rank's part of the batch: losses differ "
            "from one process's (torch.nn.SyncBatchNorm takes those of all)"
        )
    if any(isinstance(each, torch.nn.Dropout) and each.p > 0 for each in parts):
        yield "dropout is drawn on each rank apart: losses differ from one process's"
    if model.weights != "trained":
        yield "weights are random: the loss falls from nowhere"
