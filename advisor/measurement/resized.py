"""Example inputs at the batch size and sequence length that were asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch.utils import _pytree as pytree

from advisor.errors import UsageError
from advisor.measurement.result import ModelRequest
from advisor.models.loaded import LoadedModel
from advisor.profiling.check import describe_shapes
from advisor.profiling.invocation import batch_size, token_input


def resized(model: LoadedModel, request: ModelRequest) -> LoadedModel:
    """`model` with its inputs repeated, or cut, to what `request` asks for.

    Samples are repeated along the first dimension, token ids and masks, (batch, tokens) integers,
    along the second too. A loss of the model's own is left out then: it runs on other inputs.

    Raises UsageError where the inputs cannot have such a size.
    """
    batch, tokens = request.batch_size, request.sequence_tokens
    if batch is None and tokens is None:
        return model
    _check(model, request)
    depth, with_layers = model.depth, model.with_layers
    inputs, keyword_inputs = _at_size((model.inputs, dict(model.keyword_inputs)), batch, tokens)
    return replace(
        model,
        inputs=inputs,
        keyword_inputs=keyword_inputs,
        loss=None,
        depth=None if depth is None else lambda count: resized(depth(count), request),
        with_layers=(
            None if with_layers is None else lambda indices: resized(with_layers(indices), request)
        ),
    )


def _check(model: LoadedModel, request: ModelRequest) -> None:
    tokens = request.sequence_tokens
    for option, value in request.sizes():
        if value < 1:
            raise UsageError(f"{option} {value}: it must be 1 or more")
    if tokens is None:
        return
    given = (model.inputs, dict(model.keyword_inputs))
    if token_input(*given) is None:
        raise UsageError(
            f"--sequence {tokens}: {model.reference} takes no token ids, (batch, tokens) integers; "
            f"its inputs are {describe_shapes(given)}"
        )
    limit = model.decoder.max_context_tokens if model.decoder else None
    if limit is not None and tokens > limit:
        raise UsageError(f"--sequence {tokens}: {model.reference} takes {limit} tokens at most")


def _at_size(given: Any, batch: int | None, tokens: int | None) -> Any:
    old_batch, first = batch_size(*given), token_input(*given)

    def at_size(tensor: torch.Tensor) -> torch.Tensor:
        is_tokens = (
            first is not None and not tensor.is_floating_point() and tensor.shape == first.shape
        )
        if batch is not None and tensor.dim() and tensor.shape[0] == old_batch:
            tensor = _along(tensor, 0, batch)
        return _along(tensor, 1, tokens) if tokens is not None and is_tokens else tensor

    return pytree.tree_map_only(torch.Tensor, at_size, given)


def _along(tensor: torch.Tensor, dimension: int, size: int) -> torch.Tensor:
    """`tensor` again and again along `dimension`, cut at `size`."""
    times = -(-size // tensor.shape[dimension])
    return torch.cat([tensor] * times, dimension).narrow(dimension, 0, size).contiguous()
