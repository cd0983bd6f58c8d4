"""What is on now, on each hardware that has a price: a line each."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor import units
from advisor.tui.render import basis
from advisor.tui.render.line import Column, Line, Span, Tone, fit, heading, spaced

if TYPE_CHECKING:
    from advisor.tui.hardware_costs import HardwareCost
    from advisor.tui.sieve import SortKey

MARK_WIDTH = 2
LEAST_NAME, LONGEST_NAME, LEAST_REST = 12, 30, 20
WIDE = 96
"""From this width on, the change against the hardware looked at now has its column."""


def _columns(width: int) -> tuple[Column, ...]:
    figures = [
        Column("$/month", 9), Column("%", 7), Column("GPUs", 5), Column("latency", 9),
        Column("memory", 9), Column("of GiB", 6),
    ]  # fmt: skip
    if width < WIDE:
        del figures[1]
    taken = MARK_WIDTH + sum(column.width + 1 for column in figures)
    rest = max(LEAST_REST, width - taken - 1)
    name = min(LONGEST_NAME, max(LEAST_NAME, rest // 3))
    return (Column("hardware", name, "left"), *figures, Column("limits", rest - name, "left"))


def hardware_heading(width: int) -> Line:
    return (Span(" " * (MARK_WIDTH + 1)), *heading(_columns(width)))


@dataclass(frozen=True)
class HardwareEntries:
    """The cheapest first, as they come; `here` is the hardware looked at now."""

    costs: Sequence[HardwareCost]
    here: str
    width: int

    sort_titles = ("latency", "memory", "name")

    def __len__(self) -> int:
        return len(self.costs)

    def identity(self, index: int) -> Hashable:
        return self.costs[index].hardware.id

    def search_text(self, index: int) -> str:
        hardware = self.costs[index].hardware
        return f"{hardware.id} {hardware.name} {hardware.vendor} {_limits(self.costs[index])[0]}"

    def sort_key(self, title: str, index: int) -> SortKey:
        each = self.costs[index]
        if title == "latency":
            return each.projection.latency_s.expected
        return each.hardware.memory.capacity_gib if title == "memory" else each.hardware.id

    def line(self, index: int) -> Line:
        each = self.costs[index]
        name, *figures, limits = _columns(self.width)
        here = each.hardware.id == self.here
        texts = _figures(each)
        if self.width >= WIDE:
            texts.insert(1, self._change(each))
        cells = [column.cell(text) for column, text in zip(figures, texts, strict=True)]
        said, tone = _limits(each)
        mark = Span("• " if here else "  ", "accent")
        end = Span(fit(said, limits.width), tone)
        return (
            mark,
            *spaced(name.cell(each.hardware.id, "title" if here else "plain"), *cells, end),
        )

    def _change(self, each: HardwareCost) -> str:
        """Against the hardware looked at now; unknown where that has no price."""
        now = next((one for one in self.costs if one.hardware.id == self.here), None)
        return basis.change_of(None if now is None else now.usd_per_month, each.usd_per_month)


def _figures(each: HardwareCost) -> list[str]:
    projection = each.projection
    bill = projection.bill
    accelerators = max(projection.serving_accelerators.expected, projection.training_accelerators)
    return [
        units.usd(bill.total().expected, at_least=bool(bill.missing)),
        f"{accelerators:.2f}" if accelerators < 1 else units.number(accelerators),
        units.seconds(projection.latency_s.expected),
        units.memory(projection.inference_memory_bytes.expected),
        f"{each.hardware.memory.capacity_gib:g}",
    ]


def _limits(each: HardwareCost) -> tuple[str, Tone]:
    """Which limits are broken there, and what is on but cannot be had there."""
    broken = [limit.name for limit in each.projection.broken_constraints]
    said = [f"✗ {', '.join(broken)}"] if broken else ["✓ kept"]
    said += [f"no {', '.join(each.lacking)}"] if each.lacking else []
    return "; ".join(said), "bad" if broken else "warn" if each.lacking else "good"
