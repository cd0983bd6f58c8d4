"""How an operator's multiply-adds fall when a share of the channels inside the model goes.

Removing channels keeps what the model takes and what it returns. So the exponent d of
`multiply_adds · kept ** d` is read off the flow of tensors:

- a product with a weight loses both sides, 2, less one where its input comes from the model's
  inputs through no other weight, less one where no later weight takes what it makes;
- a depthwise convolution has one weight for each channel, 1;
- attention, products of activations, and whatever moves or changes activations one by one: 1.

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
        )


def _is_depthwise(call: Call, kind: WorkKind, product: Product | None) -> bool:
    """Whether each group of a convolution reads a single channel."""
    if kind != "conv" or product is None or product.batch == 1:
        return False
    return bool(call.arguments[0].shape[1] == product.batch)


def pruning_exponents(steps: Sequence[Step]) -> dict[int, float]:
    """The exponent of each row, from the steps in the order of execution."""
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
