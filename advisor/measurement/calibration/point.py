"""What a calibration times: one small module, made when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

Family = Literal["matmul", "product", "conv", "attention", "streaming", "dispatch", "model"]
Built = tuple[nn.Module, tuple[torch.Tensor, ...]]


@dataclass(frozen=True)
class Point:
    """One module to time; `build` makes it, with its inputs, in the default number format."""

    family: Family
    text: str
    build: Callable[[], Built]
    strategies: str = ""
    """What is done to it before it is timed, as written after `--with`."""
    interrupted_by: int = 0
    """Rows of the product that runs after each of its modules, and whose time does not count; none
    runs where they are 0."""
    of_host: bool = False
    """Whether its kernels are timed by themselves too, since what is left is the host's."""
    every_format: bool = True
    """Whether it is timed in each number format, or in 32 bits alone."""

    @property
    def is_model(self) -> bool:
        """Whether it is a whole model, which is run over and over as it is."""
        return self.of_host or self.family == "model"


def in_a_row(more: int, many: int = 4) -> int:
    """How often one run takes a step: once on a processor, between whose runs others run.

    On an accelerator, whose points have `more` times the rows, as many as make the wait for its end
    a small part.
    """
    return 1 if more == 1 else many


class Chain(nn.Module):
    """The same step over and over, on what the step before made of the first input."""

    def __init__(self, step: Callable[..., torch.Tensor], times: int) -> None:
        super().__init__()
        self.step = step
        self.times = times

    def forward(self, first: torch.Tensor, *others: torch.Tensor) -> torch.Tensor:
        for _ in range(self.times):
            first = self.step(first, *others)
        return first


class Branches(nn.Module):
    """Layers of one kind and size side by side on one input, none of them run twice."""

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, operand: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(layer(operand) for layer in self.layers)
