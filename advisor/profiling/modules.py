"""The module tree with its parameters and multiply-adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import torch

from advisor.profiling.blocks import Shortcut
from advisor.profiling.profile import ModuleRow, Operator


def multiply_adds_by_module(operators: Iterable[Operator]) -> Counter[str]:
    """Multiply-adds of each module path, descendants included; '' is the whole model."""
    counts: Counter[str] = Counter()
    for operator in operators:
        counts[""] += operator.multiply_adds
        parts = operator.module.split(".") if operator.module else []
        for length in range(1, len(parts) + 1):
            counts[".".join(parts[:length])] += operator.multiply_adds
    return counts


def extrapolate_by_module(
    shallow: Mapping[str, int], deep: Mapping[str, int], module: torch.nn.Module, shortcut: Shortcut
) -> Counter[str]:
    """Multiply-adds of every module of the whole model from those of the two smaller ones."""
    # What is inside a block costs the same at every depth, so nothing is added to it.
    return Counter(
        {
            path: shortcut.extrapolate(
                shallow.get(shortcut.traced_path(path), 0), deep.get(shortcut.traced_path(path), 0)
            )
            for path, _ in module.named_modules()
        }
    )


def module_rows(module: torch.nn.Module, multiply_adds: Mapping[str, int]) -> tuple[ModuleRow, ...]:
    """A row for each module, parents before children; shared parameters count once in each row."""
    return tuple(
        ModuleRow(
            path=path,
            type=type(each).__name__,
            depth=path.count(".") + 1 if path else 0,
            parameters=sum(parameter.numel() for parameter in each.parameters()),
            parameters_bytes=sum(parameter.nbytes for parameter in each.parameters()),
            multiply_adds=multiply_adds.get(path, 0),
        )
        for path, each in module.named_modules()
    )
