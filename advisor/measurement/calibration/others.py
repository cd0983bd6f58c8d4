"""What runs between two runs of a point, or between its operators: others, as in a model.

A processor that runs the same small operator over and over finds its code, its operands and room
for its result in the nearest caches, and takes half the time or less of what it takes in a model.
So does the Python around operators that move next to nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from advisor.measurement.calibration.caches import near_bytes

_WIDTH = 1024
_INNER = 16
_ITEM_BYTES = 4


class Others:
    """Products that push a point's data out of the nearest caches, and write its operands anew."""

    def __init__(self) -> None:
        rows = max(near_bytes() // (_ITEM_BYTES * _WIDTH), 1)
        self._weights, self._vector = torch.ones(rows, _WIDTH), torch.ones(_WIDTH)
        self._factors: dict[tuple[int, int, torch.dtype], tuple[torch.Tensor, torch.Tensor]] = {}

    def push_out(self) -> None:
        """Read as many other weights as the nearest caches hold."""
        torch.mv(self._weights, self._vector)

    def run(self, operands: tuple[torch.Tensor, ...]) -> None:
        """The same, and then have a product write `operands`; integers stay as they are."""
        self.push_out()
        for operand in operands:
            if operand.is_floating_point():
                written = operand.view(-1, operand.shape[-1])
                torch.mm(*self._factors_of(written), out=written)

    def _factors_of(self, product: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Of random numbers: a maximum of equal ones takes a processor half the time."""
        key = (*product.shape, product.dtype)
        if key not in self._factors:
            left, right = (
                torch.randn(shape, dtype=product.dtype)
                for shape in ((len(product), _INNER), (_INNER, product.shape[1]))
            )
            self._factors[key] = left, right
        return self._factors[key]

    @contextmanager
    def within(self, module: nn.Module) -> Iterator[list[float]]:
        """Push out after each innermost module of `module`; the seconds that each time takes."""
        spent: list[float] = []

        def after(*_: object) -> None:
            started = time.perf_counter()
            self.push_out()
            spent.append(time.perf_counter() - started)

        innermost = [each for each in module.modules() if not any(each.children())]
        hooks = [each.register_forward_hook(after) for each in innermost]
        try:
            yield spent
        finally:
            for hook in hooks:
                hook.remove()
