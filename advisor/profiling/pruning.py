"""How an operator's multiply-adds fall when a share of the channels inside the model goes.

Removing channels keeps what the model takes and what it returns. So the exponent d of
`multiply_adds · kept ** d` is read off the flow of tensors. In a network without attention,
channels go everywhere inside:

- a product with a weight loses both sides, 2, less one where its input comes from the model's
  inputs through no other weight, less one where no later weight takes what it makes;
- a depthwise convolution has one weight for each channel, 1;
- products of activations, and whatever moves or changes activations one by one: 1.

In a network with attention the hidden size and the heads stay, and feed-forward layers, the
experts of a mixture among them, get narrower. Channels are those of tensors that other work than
products with weights ties together: the stream of the hidden size is what a projection of attention
writes to, and the inside of a feed-forward layer is what weights make from the stream and what
weights bring back to it without attention between. A weight has 1 for each of its sides that is
inside, pointwise work inside has 1, everything else 0.

An embedding is a weight before whatever it feeds, so a decoder's first projection loses both.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch

from advisor.profiling.calls import Call, TensorFact
from advisor.profiling.kinds import WorkKind
from advisor.profiling.matrix import Product

ACTIVATION_EXPONENT = 1.0
_WITHOUT_CHANNELS = (torch.int64, torch.bool)


@dataclass(frozen=True)
class Step:
    """One call as the flow of tensors sees it; `row` is its operator's index, if it has one."""

    takes: tuple[Hashable, ...]
    makes: tuple[Hashable, ...]
    row: int | None
    weighted: bool
    depthwise: bool
    embedding: bool
    attention: bool

    @classmethod
    def of(cls, call: Call, kind: WorkKind, product: Product | None, row: int | None) -> Step:
        weighted = kind in ("matmul", "conv") and any(each.weight for each in call.tensors())
        return cls(
            takes=tuple(_with_channels(each for each in call.tensors() if not each.weight)),
            makes=tuple(_with_channels(call.outputs)),
            row=row,
            weighted=weighted,
            depthwise=_is_depthwise(call, kind, product),
            embedding=kind == "embedding",
            attention=kind == "attention" or (kind == "matmul" and not weighted),
        )


def _with_channels(tensors: Iterable[TensorFact]) -> Iterator[Hashable]:
    """The keys of those that can hold channels: no single figures, indices or masks."""
    return (each.key for each in tensors if each.shape and each.dtype not in _WITHOUT_CHANNELS)


def _is_depthwise(call: Call, kind: WorkKind, product: Product | None) -> bool:
    """Whether each group of a convolution reads a single channel."""
    if kind != "conv" or product is None or product.batch == 1:
        return False
    return bool(call.arguments[0].shape[1] == product.batch)


def pruning_exponents(steps: Sequence[Step]) -> dict[int, float]:
    """The exponent of each row, from the steps in the order of execution."""
    if any(step.attention for step in steps):
        return _feed_forward_exponents(steps)
    followed = _followed_by_weight(steps)
    after_weight: set[Hashable] = set()
    exponents: dict[int, float] = {}
    for index, step in enumerate(steps):
        fed = any(key in after_weight for key in step.takes)
        if fed or step.weighted or step.embedding:
            after_weight.update(step.makes)
        if step.row is None:
            continue
        shrinking_sides = float(fed) + float(index in followed)
        per_channel = not step.weighted or step.depthwise
        exponents[step.row] = ACTIVATION_EXPONENT if per_channel else shrinking_sides
    return exponents


def _followed_by_weight(steps: Sequence[Step]) -> set[int]:
    """Indices of the steps whose outputs reach a later product with a weight."""
    wanted: set[Hashable] = set()
    followed: set[int] = set()
    for index in reversed(range(len(steps))):
        step = steps[index]
        leads = any(key in wanted for key in step.makes)
        if leads:
            followed.add(index)
        if leads or step.weighted:
            wanted.update(step.takes)
    return followed


def _feed_forward_exponents(steps: Sequence[Step]) -> dict[int, float]:
    channels = _Channels.of(steps)
    inside = _inside_feed_forward(steps, channels)
    exponents: dict[int, float] = {}
    for step in steps:
        if step.row is None:
            continue
        read, written = channels.all(step.takes) & inside, channels.all(step.makes) & inside
        if step.weighted and not step.depthwise:
            exponents[step.row] = float(bool(read)) + float(bool(written))
        else:
            exponents[step.row] = float(bool(read or written))
    return exponents


def _inside_feed_forward(steps: Sequence[Step], channels: _Channels) -> set[Hashable]:
    """The channels between weights that read the stream and weights that write to it."""
    attended = set[Hashable]().union(
        *(channels.all((*step.takes, *step.makes)) for step in steps if step.attention)
    )
    products = [
        (channels.all(step.takes), channels.all(step.makes)) for step in steps if step.weighted
    ]
    projected = set[Hashable]().union(*(made for taken, made in products if taken & attended))
    # A latent of keys may be attended to and projected to more of what is attended to.
    stream = projected - attended
    from_stream, to_stream = set(stream), set(stream)
    for taken, made in products:
        if taken & from_stream:
            from_stream |= made - attended
    for taken, made in reversed(products):
        if made & to_stream:
            to_stream |= taken - attended
    return (from_stream & to_stream) - stream


class _Channels:
    """Tensors whose channels are one set, since anything but a product with a weight ties them."""

    def __init__(self) -> None:
        self._ties: dict[Hashable, Hashable] = {}

    @classmethod
    def of(cls, steps: Sequence[Step]) -> _Channels:
        channels = cls()
        for step in steps:
            if not (step.weighted or step.attention or step.embedding):
                channels._tie((*step.takes, *step.makes))
        return channels

    def all(self, tensors: Sequence[Hashable]) -> set[Hashable]:
        """What stands for the channels of each of `tensors`."""
        return {self._root(each) for each in tensors}

    def _tie(self, tensors: Sequence[Hashable]) -> None:
        for each in tensors[1:]:
            self._ties[self._root(each)] = self._root(tensors[0])

    def _root(self, tensor: Hashable) -> Hashable:
        path = []
        while (above := self._ties.get(tensor, tensor)) != tensor:
            path.append(tensor)
            tensor = above
        for each in path:
            self._ties[each] = tensor
        return tensor
