"""One process among the others: which it is, where it computes, and what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist

from advisor.measurement.distributed.exchange import Note

FIRST = 0


@dataclass(frozen=True)
class Place:
    """Every rank must call the methods that exchange, in the same order."""

    rank: int
    local_rank: int
    ranks: int
    device: torch.device
    note: Note

    @property
    def is_first(self) -> bool:
        return self.rank == FIRST

    def gathered(self, own: Any) -> list[Any]:
        """`own` of every rank, in their order."""
        found: list[Any] = [None] * self.ranks
        dist.all_gather_object(found, own)
        return found

    def of_first(self, own: Any) -> Any:
        """What the first rank holds; `own` of the others is not looked at."""
        held = [own if self.is_first else None]
        dist.broadcast_object_list(held, FIRST, device=self.device)
        return held[0]
