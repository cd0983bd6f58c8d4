"""Models that are chains of blocks of a few kinds: profiled with few blocks, told for all.

The 126 layers of a decoder are one kind, those of DeepSeek-V3 two (dense, mixture), those of
gpt-oss two in turn (windowed, full attention), those of Nemotron three in no period. Operators are
counted in one block of each kind and one more of the most frequent kind, which tells whether a
block does the same a second time. What is alike is looked up in the blocks themselves, not assumed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from advisor.models.loaded import LoadedModel
from advisor.profiling.signature import blocks_are_separate, signature

_MOST_KINDS = 8


@dataclass(frozen=True)
class Shortcut:
    """A chain of blocks told from a few of them."""

    model: LoadedModel
    kinds: tuple[int, ...]
    """The kind of each block, numbered from 0 in the order of their first blocks."""

    @cached_property
    def sample(self) -> LoadedModel:
        """The first block of each kind, in the order of the kinds, and one of the most frequent."""
        if self.model.with_layers is None:
            raise ValueError(f"{self.model.reference}: no way to build it with fewer blocks")
        first = [self.kinds.index(kind) for kind in range(len(self.counts))]
        return self.model.with_layers([*first, self.stands_for(len(first))[-1]])

    def stands_for(self, sampled: int) -> list[int]:
        """The blocks of the whole model that a block of `sample` tells of.

        The last one tells of all of the most frequent kind but the first, which alone may follow
        on something else.
        """
        return self._blocks_told[sampled]

    @cached_property
    def _blocks_told(self) -> tuple[list[int], ...]:
        told: tuple[list[int], ...] = tuple([] for _ in self.counts)
        for block, kind in enumerate(self.kinds):
            told[kind].append(block)
        first, *rest = told[self.frequent]
        others = (each if kind != self.frequent else [first] for kind, each in enumerate(told))
        return (*others, rest)

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """How many blocks are of each kind."""
        counted = Counter(self.kinds)
        return tuple(counted[kind] for kind in range(len(counted)))

    @property
    def frequent(self) -> int:
        """The most frequent kind."""
        return self.counts.index(max(self.counts))

    def block(self, path: str) -> int | None:
        """The number of the block that the module at `path` is or is in; None outside of them."""
        number = path.removeprefix(self._prefix).partition(".")[0]
        return int(number) if path.startswith(self._prefix) and number.isdigit() else None

    def path_in_block(self, path: str, block: int) -> str:
        """The path of the same module in another block."""
        _, dot, rest = path.removeprefix(self._prefix).partition(".")
        return f"{self._prefix}{block}{dot}{rest}"

    @cached_property
    def _prefix(self) -> str:
        return f"{self.model.chain}." if self.model.chain else ""


def find_shortcut(model: LoadedModel) -> Shortcut | None:
    """The shortcut through `model`; None where there is none, or it saves less than half."""
    shortcut = shortcut_through(model)
    if shortcut is None or 2 * (len(shortcut.counts) + 1) >= len(shortcut.kinds):
        return None
    return shortcut


def shortcut_through(model: LoadedModel) -> Shortcut | None:
    """The shortcut through `model`, worth it or not; None where it is no chain of a few kinds."""
    if model.with_layers is None or model.chain is None:
        return None
    blocks = list(model.module.get_submodule(model.chain).children())
    signatures = [signature(block, index) for index, block in enumerate(blocks)]
    numbers = {each: number for number, each in enumerate(dict.fromkeys(signatures))}
    if len(numbers) > min(_MOST_KINDS, len(blocks) - 1) or not blocks_are_separate(blocks):
        return None
    return Shortcut(model, tuple(numbers[each] for each in signatures))
