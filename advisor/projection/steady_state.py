"""A replica under continuous batching with every place taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.projection.operators import Floats
from advisor.projection.serving_engine import (
    Running,
    decode_seconds,
    mixed_step_seconds,
    prefill_seconds,
)


@dataclass(frozen=True)
class Rhythm:
    """Arrays of shape (setups,)."""

    first_token_s: Floats
    token_s: Floats
    request_s: Floats


def steady_state(
    running: Running, batch: Floats, prompt: Floats, output: Floats, batches: int = 1
) -> Rhythm:
    """Times of a request of `prompt` and `output` tokens among `batch` of them.

    Of every `batches` setups in a row only `batch` differs: a prompt alone is taken in alike.

    Without chunks the decoding stops for a prompt; in the time of one request, each of the batch
    stops it once. With chunks of prompts in the steps (Agrawal et al. 2023, "SARATHI"), the batch's
    chunks fall into the steps of one request where these suffice; else every step takes one in,
    and prompts decide.
    """
    context = prompt + output / 2
    step = decode_seconds(running, batch, context)
    first = prompt[::batches]
    alone = prefill_seconds(running.every(batches), np.ones_like(first), first).repeat(batches)
    stopping = Rhythm(alone + step, (alone * batch + step * output) / output,
                      alone * batch + step * output)  # fmt: skip
    by_chunks = ~np.isnan(running.engine.chunk_tokens)
    if not by_chunks.any():
        return stopping
    chunks = np.ceil(prompt / np.fmin(running.engine.chunk_tokens, prompt))
    mixed = mixed_step_seconds(running, batch, prompt, context)
    steps = np.maximum(chunks + output, batch * chunks)
    request = (steps - batch * chunks) * step + batch * chunks * mixed
    return Rhythm(
        first_token_s=np.where(by_chunks, chunks * mixed, stopping.first_token_s),
        token_s=np.where(by_chunks, request / steps, stopping.token_s),
        request_s=np.where(by_chunks, request, stopping.request_s),
    )
