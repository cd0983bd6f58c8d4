"""One operator call as both counters see it: names, tensor facts and arguments, no tensors."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch


@dataclass(frozen=True)
class TensorFact:
    """Shape, layout and origin of one tensor.

    `stored_bytes` is what memory holds of it: an expanded tensor holds what it was expanded
    from. `weight` is true of parameters and buffers, and of what only reshapes or casts them.
    """

    key: Hashable
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: torch.dtype
    stored_bytes: int
    weight: bool = False

    @classmethod
    def new(
        cls,
        key: Hashable,
        shape: Sequence[int],
        strides: Sequence[int],
        dtype: torch.dtype,
        weight: bool = False,
    ) -> TensorFact:
        """A tensor that shares no memory; an expanded dimension (stride 0) is stored once."""
        stored = math.prod(
            size for size, stride in zip(shape, strides, strict=True) if stride or not size
        )
        return cls(key, tuple(shape), tuple(strides), dtype, stored * dtype.itemsize, weight)

    def viewing(self, bases: Sequence[TensorFact]) -> TensorFact:
        """This tensor as a view of `bases`: no more bytes than they hold, a weight if all are."""
        held = sum(base.stored_bytes for base in bases)
        return replace(
            self,
            stored_bytes=min(self.stored_bytes, held) if bases else self.stored_bytes,
            weight=bool(bases) and all(base.weight for base in bases),
        )


@dataclass(frozen=True)
class Call:
    """A call of `aten::<name>`, its arguments in the order of the operator's schema.

    An argument is a TensorFact, a list of them, a plain value, or None where a trace does not
    tell. `multiply_adds` is the count of whoever saw the call; None leaves it to the shapes.
    """

    name: str
    module: str
    arguments: tuple[Any, ...]
    outputs: tuple[TensorFact, ...]
    multiply_adds: int | None = None

    def tensors(self) -> Iterator[TensorFact]:
        """Every input tensor, those inside lists included."""
        for argument in self.arguments:
            if isinstance(argument, TensorFact):
                yield argument
            elif isinstance(argument, (list, tuple)):
                yield from (item for item in argument if isinstance(item, TensorFact))

    def argument(self, position: int) -> Any:
        """The argument at `position`, None where the call stops before it."""
        return self.arguments[position] if position < len(self.arguments) else None
