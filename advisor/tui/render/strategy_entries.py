"""The strategies as entries of a list: what they are searched and sorted by."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from advisor.tui.render.strategies import family_line, strategy_lines, without_and_with

if TYPE_CHECKING:
    from advisor.session_snapshot import Snapshot, StrategyRow
    from advisor.tui.queue import States
    from advisor.tui.render.line import Line
    from advisor.tui.sieve import SortKey


@dataclass(frozen=True)
class StrategyEntries:
    """Changes are of what is on, with against without the strategy; lower is better."""

    snapshot: Snapshot
    width: int
    states: States = field(default_factory=dict)

    sort_titles = ("$/month", "latency", "memory", "quality", "name")

    @cached_property
    def _lines(self) -> list[Line]:
        return strategy_lines(self.snapshot, self.states, self.width)

    def __len__(self) -> int:
        return len(self.snapshot.rows)

    def identity(self, index: int) -> Hashable:
        return self.snapshot.rows[index].choice.slug

    def search_text(self, index: int) -> str:
        row = self.snapshot.rows[index]
        strategy = row.choice.strategy
        words = [strategy.slug, strategy.title, strategy.family, strategy.summary]
        words += ["on"] if row.is_on else []
        words += ["recommended"] if row.recommended else []
        return " ".join(words)

    def sort_key(self, title: str, index: int) -> SortKey:
        row = self.snapshot.rows[index]
        if title == "name":
            return row.choice.slug
        if row.unavailable is not None and not row.is_on:
            return None
        return _change(self.snapshot, row, title)

    def line(self, index: int) -> Line:
        return self._lines[index]

    def section(self, index: int) -> Hashable:
        return self.snapshot.rows[index].choice.strategy.family

    def heading(self, index: int) -> Line:
        family = self.snapshot.rows[index].choice.strategy.family
        return family_line(self.snapshot, family, self.width)


def _change(snapshot: Snapshot, row: StrategyRow, title: str) -> float:
    before, after = without_and_with(snapshot, row)
    if title == "latency":
        return after.latency_s.expected / before.latency_s.expected
    if title == "memory":
        return after.inference_memory_bytes.expected / before.inference_memory_bytes.expected
    if title == "quality":
        return after.quality_drop.expected - before.quality_drop.expected
    if row.measured_saving_usd is not None:
        return -row.measured_saving_usd
    return after.bill.total().expected - before.bill.total().expected
