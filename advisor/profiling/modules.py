"""The module tree with its parameters and multiply-adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import torch

from advisor.profiling.blocks import Shortcut
from advisor.profiling.parameters import Held
from advisor.profiling.profile import ModuleRow, Operator


def multiply_adds_by_module(operators: Iterable[Operator]) -> Counter[str]:
    """Multiply-adds of each module path, descendants included; '' is the whole model."""
    counts: Counter[str] = Counter()
    for operator in operators:
        work = operator.multiply_adds * operator.repeats
        counts[""] += work
        parts = operator.module.split(".") if operator.module else []
        for length in range(1, len(parts) + 1):
            counts[".".join(parts[:length])] += work
    return counts


def spread_over_blocks(
    sample: Mapping[str, int], whole: Mapping[str, int], shortcut: Shortcut
) -> Counter[str]:
    """Multiply-adds of every module: in a block those of its kind in `sample`, else of `whole`."""
    counts: Counter[str] = Counter()
    for path, _ in shortcut.model.module.named_modules():
        block = shortcut.block(path)
        if block is None:
            counts[path] = whole.get(path, 0)
        else:
            counts[path] = sample.get(shortcut.path_in_block(path, shortcut.kinds[block]), 0)
    return counts


def module_rows(
    module: torch.nn.Module, held: Mapping[torch.nn.Module, Held], multiply_adds: Mapping[str, int]
) -> tuple[ModuleRow, ...]:
    """A row for each module, parents before children; shared parameters count once in each row."""
    return tuple(
        ModuleRow(
            path=path,
            type=type(each).__name__,
            depth=path.count(".") + 1 if path else 0,
            parameters=held[each].elements,
            parameters_bytes=held[each].bytes,
            multiply_adds=multiply_adds.get(path, 0),
        )
        for path, each in module.named_modules()
    )
