"""What a model is trained on: its own data, else its example input."""

from __future__ import annotations

from dataclasses import replace

import torch

from advisor.errors import UsageError
from advisor.models.loaded import LoadedModel, TrainingData
from advisor.profiling.invocation import accepts, token_input


def training_data(model: LoadedModel, device: torch.device) -> TrainingData:
    """The model's own data on `device`; for a decoder of transformers, the tokens it came with.

    Raises UsageError where the model brings neither.
    """
    if model.training is not None:
        own = model.training

        def batch(step: int) -> tuple[torch.Tensor, ...]:
            return tuple(each.to(device) for each in own.batch(step))

        return replace(own, batch=batch)
    if model.decoder is None or not accepts(model.module, "labels"):
        raise UsageError(
            f"{model.reference} brings nothing to train on: give its LoadedModel a `training`"
        )
    tokens = token_input(model.inputs, dict(model.keyword_inputs))
    if tokens is None:
        raise UsageError(f"{model.reference}: no input of tokens to train on")
    samples, length = tokens.shape
    batch_of_tokens = (tokens,)
    return TrainingData(lambda _: batch_of_tokens, _next_token_loss, samples, length)


def _next_token_loss(module: torch.nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    loss: torch.Tensor = module(input_ids=tokens, labels=tokens, use_cache=False).loss
    return loss
