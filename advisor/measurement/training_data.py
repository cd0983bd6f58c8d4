"""What a model is trained on for a measurement: its own data, else its example input."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import torch

from advisor.errors import UsageError
from advisor.models.loaded import LoadedModel, Training
from advisor.profiling.invocation import accepts, token_input

Batch = tuple[torch.Tensor, ...]
MOST_BATCHES = 64
"""Held at a time; a longer measurement goes through them again."""


@dataclass(frozen=True)
class Batches:
    """`batch(step)` gives the tensors of one optimizer step, the same for the same step.

    `loss(module, *tensors)` is the mean over their samples, a scalar.
    """

    batch: Callable[[int], Batch]
    loss: Callable[..., torch.Tensor]
    samples: int
    """In a batch."""
    tokens: int | None = None
    """Of each sample; None where samples are no sequences."""


def training_batches(model: LoadedModel, device: torch.device) -> Batches:
    """The model's own data on `device`; for a decoder of transformers, the tokens it came with.

    Raises UsageError where the model brings neither.
    """
    if model.training is not None:
        return _own(model, model.training, device)
    if model.decoder is None or not accepts(model.module, "labels"):
        raise UsageError(
            f"{model.reference} brings nothing to train on: give its LoadedModel a `training`"
        )
    tokens = token_input(model.inputs, dict(model.keyword_inputs))
    if tokens is None:
        raise UsageError(f"{model.reference}: no input of tokens to train on")
    samples, length = tokens.shape
    batch_of_tokens = (tokens,)
    return Batches(lambda _: batch_of_tokens, _next_token_loss, samples, length)


def _own(model: LoadedModel, training: Training, device: torch.device) -> Batches:
    given = list(itertools.islice(training.batches(), MOST_BATCHES))
    if not given:
        raise UsageError(f"{model.reference}: its training has no batch")
    single = isinstance(given[0], torch.Tensor)
    batches = [(each,) if single else tuple(each) for each in given]
    if not all(isinstance(each, torch.Tensor) for batch in batches for each in batch):
        raise UsageError(
            f"{model.reference}: a batch of its training is a {type(given[0]).__name__} of other "
            "things than tensors; it cannot be divided into micro-batches"
        )

    def batch(step: int) -> Batch:
        return tuple(each.to(device) for each in batches[step % len(batches)])

    def loss(module: torch.nn.Module, *tensors: torch.Tensor) -> torch.Tensor:
        return training.loss(module, tensors[0] if single else tensors)

    first = batches[0][0]
    tokens = first.shape[1] if model.decoder is not None and first.ndim > 1 else None
    return Batches(batch, loss, len(first), tokens)


def _next_token_loss(module: torch.nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    loss: torch.Tensor = module(input_ids=tokens, labels=tokens, use_cache=False).loss
    return loss
