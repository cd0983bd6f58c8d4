"""Models of repeated blocks: profiled with few of them, told for all of them.

A decoder of 80 layers costs what 2 and 3 layers cost to trace; what the third adds, each of
the others adds. Some decoders start with other layers (dense before a mixture) or take turns
(windowed and full attention), so the step is one period after such a start. What is alike is
looked up in the blocks themselves, not assumed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import torch

from advisor.models.loaded import LoadedModel

_FEWEST_SHALLOW_BLOCKS = 2
"""One block can hide what passes between blocks."""
_LONGEST_PERIOD = 8
_POSITION_ATTRIBUTES = ("idx", "index", "layer_id")


@dataclass(frozen=True)
class Pattern:
    """Blocks from `start` on repeat every `period`."""

    start: int
    period: int


@dataclass(frozen=True)
class Shortcut:
    """The same model with few blocks and with one period more; `more_periods` are left out."""

    shallow: LoadedModel
    deep: LoadedModel
    shallow_blocks: int
    more_periods: int
    pattern: Pattern
    containers: tuple[str, ...]
    """The paths of the lists that hold the blocks."""

    def extrapolate(self, shallow: int, deep: int) -> int:
        """A quantity of the whole model from those of the two."""
        return deep + (deep - shallow) * self.more_periods

    def traced_path(self, path: str) -> str:
        """The module of the shallow model that does what `path` does in the whole one."""
        for container in self.containers:
            prefix = f"{container}." if container else ""
            block, dot, rest = path.removeprefix(prefix).partition(".")
            if path.startswith(prefix) and block.isdigit() and int(block) >= self.shallow_blocks:
                start, period = self.pattern.start, self.pattern.period
                return f"{prefix}{start + (int(block) - start) % period}{dot}{rest}"
        return path


def find_shortcut(model: LoadedModel) -> Shortcut | None:
    """The shortcut through `model`; None where it has few blocks or they do not repeat."""
    if model.depth is None or model.blocks is None:
        return None
    lists = _block_lists(model.module, model.blocks)
    columns = zip(*([_signature(block) for block in each] for each in lists.values()), strict=True)
    pattern = repeating_pattern(list(columns))
    if not lists or pattern is None:
        return None
    start, period = pattern.start, pattern.period
    shallow_blocks = max(_FEWEST_SHALLOW_BLOCKS, start + period)
    shallow_blocks += (model.blocks - shallow_blocks) % period
    deep_blocks = shallow_blocks + period
    if shallow_blocks + deep_blocks >= model.blocks:
        return None
    shortcut = Shortcut(
        shallow=model.depth(shallow_blocks),
        deep=model.depth(deep_blocks),
        shallow_blocks=shallow_blocks,
        more_periods=(model.blocks - deep_blocks) // period,
        pattern=pattern,
        containers=tuple(lists),
    )
    return shortcut if _agrees(shortcut, model) else None


def repeating_pattern(blocks: Sequence[Hashable]) -> Pattern | None:
    """The pattern of `blocks` that needs the fewest of them; None where they do not repeat."""
    found = []
    for period in range(1, min(_LONGEST_PERIOD, len(blocks) - 1) + 1):
        start = len(blocks) - period
        while start and blocks[start - 1] == blocks[start - 1 + period]:
            start -= 1
        if start < len(blocks) - period:
            found.append(Pattern(start, period))
    return min(found, key=lambda each: (each.start + each.period, each.period), default=None)


def _block_lists(module: torch.nn.Module, blocks: int) -> dict[str, Sequence[torch.nn.Module]]:
    return {
        path: list(each)
        for path, each in module.named_modules()
        if isinstance(each, (torch.nn.ModuleList, torch.nn.Sequential)) and len(each) == blocks
    }


def _signature(block: torch.nn.Module) -> Hashable:
    """Everything that tells two blocks apart but their values and their position."""
    return tuple(
        (
            name,
            type(each),
            tuple(
                (key, value.shape, value.dtype) for key, value in each.named_parameters("", False)
            ),
            tuple(
                sorted(
                    (key, repr(value)) for key, value in vars(each).items() if _tells(key, value)
                )
            ),
        )
        for name, each in block.named_modules()
    )


def _tells(key: str, value: object) -> bool:
    plain = value is None or isinstance(value, (bool, int, float, str))
    return plain and not key.startswith("_") and not key.endswith(_POSITION_ATTRIBUTES)


def _agrees(shortcut: Shortcut, model: LoadedModel) -> bool:
    """Whether the two smaller models tell the parameters of the whole one."""
    shallow, deep, whole = (
        sum(each.numel() for each in loaded.module.parameters())
        for loaded in (shortcut.shallow, shortcut.deep, model)
    )
    return shortcut.extrapolate(shallow, deep) == whole
