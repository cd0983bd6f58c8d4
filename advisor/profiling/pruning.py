"""How an operator's multiply-adds fall when a share of the channels inside the model goes.

Removing channels keeps what the model takes and what it returns. So the exponent d of
`multiply_adds · kept ** d` is read off the flow of tensors. In a network without attention,
channels go everywhere inside:

- a product with a weight loses both sides, 2, less one where its input comes from the model's
  inputs through no other weight, less one where no later weight takes what it makes;
- a depthwise convolution has one weight for each channel, 1;
- products of activations, and whatever moves or changes activations one by one: 1.

In a network with attention the hidden size and the heads stay, and feed-forward layers get
narrower: what widens its input, what takes that only through pointwise work, and the pointwise
work between have 1, everything else 0.

An embedding is a weight before whatever it feeds, so a decoder's first projection loses both.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from advisor.profiling.calls import Call
from advisor.profiling.kinds import WorkKind
from advisor.profiling.products import Product

ACTIVATION_EXPONENT = 1.0


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
    widens: bool
    """Whether it has more output than input channels."""
    pointwise: bool
    """Whether it only moves or changes elements one by one."""

    @classmethod
    def of(cls, call: Call, kind: WorkKind, product: Product | None, row: int | None) -> Step:
        weighted = kind in ("matmul", "conv") and any(each.weight for each in call.tensors())
        return cls(
            takes=tuple(each.key for each in call.tensors() if not each.weight),
            makes=tuple(each.key for each in call.outputs),
            row=row,
            weighted=weighted,
            depthwise=_is_depthwise(call, kind, product),
            embedding=kind == "embedding",
            attention=kind == "attention" or (kind == "matmul" and not weighted),
            widens=weighted and product is not None and (product.n or 0) > (product.k or 0),
            pointwise=kind in ("elementwise", "copy", "view"),
        )


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
    """1 for what widens, for what it feeds through pointwise work, and for that work; else 0."""
    leads_to_weight = _leading_to_weight_pointwise(steps)
    wide: set[Hashable] = set()
    exponents: dict[int, float] = {}
    for step in steps:
        fed = any(key in wide for key in step.takes)
        starts = step.widens and any(key in leads_to_weight for key in step.makes)
        carries = fed and step.pointwise and any(key in leads_to_weight for key in step.makes)
        if starts or carries:
            wide.update(step.makes)
        if step.row is not None:
            exponents[step.row] = float(starts or carries or (fed and step.weighted))
    return exponents


def _leading_to_weight_pointwise(steps: Sequence[Step]) -> set[Hashable]:
    """Tensors that reach a product with a weight through nothing but pointwise work."""
    leading: set[Hashable] = set()
    for step in reversed(steps):
        reaches = step.pointwise and any(key in leading for key in step.makes)
        if step.weighted or reaches:
            leading.update(step.takes)
    return leading
