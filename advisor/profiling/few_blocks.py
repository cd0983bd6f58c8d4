"""The blocks of a model in which its memory is tracked."""

from __future__ import annotations

from advisor.models.loaded import LoadedModel
from advisor.profiling.blocks import Shortcut
from advisor.profiling.timeline import FewBlocks


def few_blocks(shortcut: Shortcut) -> tuple[LoadedModel, FewBlocks] | None:
    """The model with its first block, one of each kind in between, and its last.

    First and last are apart, as they pass tensors on to what is no block. None where those are
    all the blocks there are.
    """
    model, kinds = shortcut.model, shortcut.kinds
    between = kinds[1:-1]
    places = {kind: place for place, kind in enumerate(dict.fromkeys(between), 1)}
    taken = [0, *(1 + between.index(kind) for kind in places), len(kinds) - 1]
    if model.with_layers is None or len(taken) >= len(kinds):
        return None
    likeness = (0, *(places[kind] for kind in between), len(taken) - 1)
    blocks = FewBlocks(likeness, shortcut.block, shortcut.path_in_block)
    return model.with_layers(taken), blocks
