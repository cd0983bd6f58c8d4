"""The ways in which a model runs, each ready to be traced."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from advisor.models.loaded import LoadedModel
from advisor.profiling.fake_tensors import MetaTensors
from advisor.profiling.invocation import (
    Invocation,
    accepts,
    batch_size,
    token_input,
    without_cache,
)
from advisor.profiling.profile import PhaseName


@dataclass(frozen=True)
class PhasePlan:
    """An invocation on a replica, and the tokens that it stands for."""

    name: PhaseName
    invocation: Invocation
    batch_size: int
    query_tokens: int | None
    context_tokens: int | None


def first_phase(model: LoadedModel) -> PhasePlan:
    """The forward pass over the example inputs; for a decoder that is its prefill."""
    tokens = token_input(model.inputs, model.keyword_inputs)
    length = None if tokens is None else int(tokens.shape[1])
    keyword_inputs = dict(model.keyword_inputs)
    if model.decoder is not None:
        keyword_inputs = without_cache(model.module, keyword_inputs)
    return PhasePlan(
        name="forward" if model.decoder is None else "prefill",
        invocation=Invocation(model.module, model.inputs, keyword_inputs),
        batch_size=batch_size(model.inputs, model.keyword_inputs),
        query_tokens=length,
        context_tokens=length,
    )


def decode_phase(model: LoadedModel) -> PhasePlan | None:
    """One more token after the example prompt; None where the model keeps no cache.

    The cache is what the model itself makes of the prompt, so it has the shapes of its
    architecture: grouped keys, latent keys, sliding windows, recurrent states.
    """
    tokens = token_input(model.inputs, model.keyword_inputs)
    if tokens is None or not accepts(model.module, "past_key_values"):
        return None
    with torch.no_grad(), MetaTensors():
        prompt = model.module(input_ids=tokens, use_cache=True)
    cache = getattr(prompt, "past_key_values", None)
    if cache is None:
        return None
    keyword_inputs = {"input_ids": tokens[:, :1], "past_key_values": cache, "use_cache": True}
    return PhasePlan(
        name="decode",
        invocation=Invocation(model.module, (), keyword_inputs),
        batch_size=int(tokens.shape[0]),
        query_tokens=1,
        context_tokens=int(tokens.shape[1]) + 1,
    )
