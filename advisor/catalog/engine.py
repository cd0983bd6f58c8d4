"""Serving and training engines: what the software around a model adds to its kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from advisor.catalog.quantity import Quantity, Share, Source

Count = Annotated[int, Meta(ge=1)]
NOTHING = Quantity.exact(0.0)
Joined = Literal["attention", "feed-forward"]
"""A block whose products of one input are computed as one."""
AS_PROJECTED = Quantity.exact(1.0)


@dataclass(frozen=True)
class Serving:
    """How an engine runs a decoder. Host time is what the device waits for."""

    source: Source
    fused: bool
    """Norms, activations, rotations and attention run as fused kernels."""
    captured: bool
    """A decode step is one recorded graph, where the two limits below allow it."""
    continuous_batching: bool
    """Requests join and leave between steps; else a batch starts and ends together."""
    joined_products: tuple[Joined, ...] = ()
    """Queries, keys and values as one product; the gate and what it lets through as one."""
    step_ms: Quantity = NOTHING
    """Host time between two steps: scheduling, sampling, text."""
    tensor_parallel_step_ms: Quantity = NOTHING
    """More of it where one host process drives several devices."""
    dispatch_us: Quantity | None = None
    """Host time of an operator outside a recorded graph; the hardware's where absent."""
    captured_context_tokens: Count | None = None
    captured_batch_size: Count | None = None
    memory_fraction: Annotated[float, Meta(gt=0, le=1)] = 1.0
    """Share of the device's memory that the engine plans with."""
    cache_block_tokens: Count = 1
    """The key-value cache of a sequence grows by so many tokens at a time."""
    logits: Literal["last token", "all tokens", "all tokens in 32 bits"] = "last token"
    """What a prefill computes and holds of the logits."""
    cache_copies: Annotated[float, Meta(ge=0)] = 0.0
    """Passes over the whole cache at each step beside the attention's own reading."""
    widened_copies: Annotated[float, Meta(ge=0)] = 0.0
    """The same over the cache with keys and values repeated for each query head."""
    spread: Quantity = AS_PROJECTED
    """Measured over projected time: 80% of the rows the figures were fitted to lie between, each
    model left out of the fit that projected it."""
    fitted_on: tuple[str, ...] = ()
    """Ids of the hardware those rows ran on: there, the spread is the whole interval."""


@dataclass(frozen=True)
class Training:
    """How a framework runs a training step."""

    source: Source
    streaming_backward: Quantity
    """Time of the backward pass of element-wise and norm kernels, over that of the forward."""
    attention_backward: Quantity
    """The same of fused attention, which computes its scores again."""
    loss_bytes_per_logit: Quantity
    """Moved by cast, log-softmax, loss and their gradients."""
    overlap: Share
    """Share of the communication that runs beside kernels at no cost to them."""
    products: Quantity = AS_PROJECTED
    """Time of large matrix products in a training step over that of the same ones by themselves."""
    early_stop: bool = True
    """Recomputation ends with the last tensor the backward pass needs, not with the block."""
    step_ms: Quantity = NOTHING
    """Host time of an optimizer step: the loop, the data, the log."""
    spread: Quantity = AS_PROJECTED
    fitted_on: tuple[str, ...] = ()
    """Both as in `Serving`."""


@dataclass(frozen=True)
class Engine:
    """`id` is the name of its file. One serves, one trains, or it does both."""

    id: str
    title: str
    serving: Serving | None = None
    training: Training | None = None
