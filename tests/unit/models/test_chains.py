"""Which modules of a user's own count as a chain of blocks, and which are treated with care."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from advisor.models.factory import accept
from advisor.profiling.blocks import find_shortcut
from advisor.profiling.run import profile


class Block(nn.Module):
    def __init__(self, gain: float = 1.0) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)
        self.gain = gain

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.relu(self.linear(x)) * self.gain


class Looped(nn.Module):
    def __init__(self, count: int = 12, **_: Any) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block() for _ in range(count))
        self.head = nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            x = block(x)
        scores: torch.Tensor = self.head(x)
        return scores


class Picking(Looped):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number == 5:
                x = self.head(x) @ self.head.weight
        return x


class Halting(Looped):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            x = block(x)
            if x.shape[0] > 100:
                break
        scores: torch.Tensor = self.head(x)
        return scores


class Slicing(Looped):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for block in self.blocks[::2]:
            x = block(x)
        scores: torch.Tensor = self.head(x)
        return scores


class Twice(Looped):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for _ in range(2):
            for block in self.blocks:
                x = block(x)
        scores: torch.Tensor = self.head(x)
        return scores


def sequential(*blocks: nn.Module) -> nn.Module:
    return nn.Sequential(*blocks)


SHARED = Block()
CHAINS = {
    "loop": Looped(),
    "sequential": sequential(*(Block() for _ in range(12))),
    "within a sequential": sequential(sequential(*(Block() for _ in range(12))), nn.Linear(8, 2)),
}
NOT_CHAINS = {
    "picks a block": Picking(),
    "may halt": Halting(),
    "takes some": Slicing(),
    "goes through twice": Twice(),
    "shares a block": sequential(*[SHARED] * 12),
    "other settings": sequential(*(Block(gain=float(number)) for number in range(12))),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_told_from_few_blocks_equals_the_whole(name: str) -> None:
    module = CHAINS[name]
    model = accept(name, (module, torch.zeros(4, 8)))
    shortcut = find_shortcut(model)
    assert shortcut is not None
    assert shortcut.counts == (12,)
    told = profile(model)
    assert sum(row.multiply_adds for row in told.modules if not row.path) == told.multiply_adds
    assert told.multiply_adds == sum(
        4 * each.in_features * each.out_features
        for each in module.modules()
        if isinstance(each, nn.Linear)
    )


@pytest.mark.parametrize("name", NOT_CHAINS)
def test_what_is_not_plainly_a_chain_has_no_shortcut(name: str) -> None:
    assert find_shortcut(accept(name, (NOT_CHAINS[name], torch.zeros(4, 8)))) is None
