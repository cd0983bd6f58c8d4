"""What runs between two runs of a point, or between its modules: others, as in a model.

A processor that runs the same small operator over and over finds its code, its operands and room
for its result in the nearest caches, and takes half the time or less of what it takes in a model.
So does the Python around operators that move next to nothing: after a product with large weights
it comes from memory, and takes several times as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional

from advisor.measurement.calibration.caches import near_bytes
from advisor.profiling.profile import Operator

_WIDTH = 1024
_INNER = 16
_ITEM_BYTES = 4


class Others:
    """Products that push a point's data out of the nearest caches, and write its operands anew."""

    def __init__(self) -> None:
        rows = max(near_bytes() // (_ITEM_BYTES * _WIDTH), 1)
        self._weights, self._vector = torch.ones(rows, _WIDTH), torch.ones(_WIDTH)
        self._layer = torch.ones(_WIDTH, _WIDTH)
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
    def within(self, module: nn.Module, rows: int) -> Iterator[list[float]]:
        """Run a product of `rows` after each innermost module; the seconds that each time takes."""
        spent: list[float] = []
        operand = torch.ones(rows, _WIDTH)

        product = timed_into(spent, lambda: functional.linear(operand, self._layer))
        with after_each_innermost(module, product):
            yield spent


def timed_into(spent: list[float], run: Callable[[], object]) -> Callable[[], None]:
    """`run`, with the seconds of each time added to `spent`."""

    def once() -> None:
        started = time.perf_counter()
        run()
        spent.append(time.perf_counter() - started)

    return once


def interruptions(rows: int, times: int) -> Operator:
    """What `Others.within` runs so often, as a profile would have it."""
    weights, moved = _ITEM_BYTES * _WIDTH * _WIDTH, _ITEM_BYTES * rows * _WIDTH
    return Operator(
        "", "linear", "matmul", "float32", rows * _WIDTH * _WIDTH, weights, moved, moved,
        rows, _WIDTH, _WIDTH, repeats=times,
    )  # fmt: skip


@contextmanager
def after_each_innermost(module: nn.Module, run: Callable[[], None]) -> Iterator[None]:
    """Run something after each module of `module` that holds no other, while this lasts."""
    innermost = [each for each in module.modules() if not any(each.children())]
    hooks = [each.register_forward_hook(lambda *_: run()) for each in innermost]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
